/* The structs of NVML as their documentation lists them: prints sizes and offsets as JSON. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct { unsigned int gpu, memory; } nvmlUtilization_t;
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } nvmlMemory_v2_t;
typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
typedef struct { unsigned int version; int sensorType; int temperature; } nvmlTemperature_v1_t;
typedef struct { unsigned int version; int marginTemperature; } nvmlMarginTemperature_v1_t;
typedef struct {
  char busIdLegacy[16];
  unsigned int domain, bus, device, pciDeviceId, pciSubSystemId;
  char busId[32];
} nvmlPciInfo_t;
typedef struct {
  unsigned int pid;
  unsigned long long usedGpuMemory;
  unsigned int gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;
typedef struct {
  unsigned int pid;
  unsigned long long timeStamp;
  unsigned int smUtil, memUtil, encUtil, decUtil;
} nvmlProcessUtilizationSample_t;
typedef union { double d; int si; unsigned int u; unsigned long ul; unsigned long long ull; signed long long sl; unsigned short us; } nvmlValue_t;
typedef struct {
  unsigned int fieldId, scopeId;
  long long timestamp, latencyUsec;
  int valueType, nvmlReturn;
  nvmlValue_t value;
} nvmlFieldValue_t;
typedef struct {
  void *device;
  unsigned long long eventType, eventData;
  unsigned int gpuInstanceId, computeInstanceId;
} nvmlEventData_t;
typedef struct { unsigned int version, isSupportedDevice; } nvmlGpmSupport_t;
typedef struct {
  unsigned int metricId;
  int nvmlReturn;
  double value;
  struct { char *shortName, *longName, *unit; } metricInfo;
} nvmlGpmMetric_t;
typedef struct {
  unsigned int version, numMetrics;
  void *sample1, *sample2;
  nvmlGpmMetric_t metrics[333];
} nvmlGpmMetricsGet_t;

#define F(type, field) printf("%s\"%s\":%zu", separator, #field, offsetof(type, field)), separator = ",";
#define BEGIN(type) separator = ""; printf("%s\"%s\":{\"size\":%zu,\"fields\":{", between, #type, sizeof(type)), between = ",";
#define END printf("}}");

int main(void) {
  const char *separator = "", *between = "";
  printf("{");
  BEGIN(nvmlUtilization_t) F(nvmlUtilization_t, gpu) F(nvmlUtilization_t, memory) END
  BEGIN(nvmlMemory_v2_t) F(nvmlMemory_v2_t, version) F(nvmlMemory_v2_t, total) F(nvmlMemory_v2_t, reserved) F(nvmlMemory_v2_t, free) F(nvmlMemory_v2_t, used) END
  BEGIN(nvmlMemory_t) F(nvmlMemory_t, total) F(nvmlMemory_t, free) F(nvmlMemory_t, used) END
  BEGIN(nvmlTemperature_v1_t) F(nvmlTemperature_v1_t, version) F(nvmlTemperature_v1_t, sensorType) F(nvmlTemperature_v1_t, temperature) END
  BEGIN(nvmlMarginTemperature_v1_t) F(nvmlMarginTemperature_v1_t, version) F(nvmlMarginTemperature_v1_t, marginTemperature) END
  BEGIN(nvmlPciInfo_t) F(nvmlPciInfo_t, busIdLegacy) F(nvmlPciInfo_t, domain) F(nvmlPciInfo_t, bus) F(nvmlPciInfo_t, device) F(nvmlPciInfo_t, busId) END
  BEGIN(nvmlProcessInfo_t) F(nvmlProcessInfo_t, pid) F(nvmlProcessInfo_t, usedGpuMemory) F(nvmlProcessInfo_t, gpuInstanceId) F(nvmlProcessInfo_t, computeInstanceId) END
  BEGIN(nvmlProcessUtilizationSample_t) F(nvmlProcessUtilizationSample_t, pid) F(nvmlProcessUtilizationSample_t, timeStamp) F(nvmlProcessUtilizationSample_t, smUtil) F(nvmlProcessUtilizationSample_t, memUtil) F(nvmlProcessUtilizationSample_t, encUtil) F(nvmlProcessUtilizationSample_t, decUtil) END
  BEGIN(nvmlFieldValue_t) F(nvmlFieldValue_t, fieldId) F(nvmlFieldValue_t, scopeId) F(nvmlFieldValue_t, timestamp) F(nvmlFieldValue_t, latencyUsec) F(nvmlFieldValue_t, valueType) F(nvmlFieldValue_t, nvmlReturn) F(nvmlFieldValue_t, value) END
  BEGIN(nvmlEventData_t) F(nvmlEventData_t, device) F(nvmlEventData_t, eventType) F(nvmlEventData_t, eventData) F(nvmlEventData_t, gpuInstanceId) F(nvmlEventData_t, computeInstanceId) END
  BEGIN(nvmlGpmSupport_t) F(nvmlGpmSupport_t, version) F(nvmlGpmSupport_t, isSupportedDevice) END
  BEGIN(nvmlGpmMetric_t) F(nvmlGpmMetric_t, metricId) F(nvmlGpmMetric_t, nvmlReturn) F(nvmlGpmMetric_t, value) END
  BEGIN(nvmlGpmMetricsGet_t) F(nvmlGpmMetricsGet_t, version) F(nvmlGpmMetricsGet_t, numMetrics) F(nvmlGpmMetricsGet_t, sample1) F(nvmlGpmMetricsGet_t, sample2) F(nvmlGpmMetricsGet_t, metrics) END
  printf("}\n");
  return 0;
}
