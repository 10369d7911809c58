/*
 * A stand-in for libnvidia-ml.so.1, written from the documented prototypes. It plays the devices of a
 * text file that lies beside the library and has its name with ".txt" at the end; the file is read
 * again when it changes. It checks what it is given, as the real one does.
 *
 * Lines of the file:
 *   init CODE                          what the initialisation answers
 *   driver TEXT, cuda NUMBER
 *   DEVICE KEY VALUE                   a value of a device, see KEYS
 *   DEVICE text NAME TEXT              uuid, name, serial, vbios or bus
 *   rc FUNCTION DEVICE CODE            the answer of a function; device -1 for all
 *   delay FUNCTION MILLISECONDS        how long a function takes
 *   field DEVICE ID VALUE TYPE         a field value; type as in nvmlValueType_t
 *   proc DEVICE PID BYTES              a process; bytes 0 for unknown
 *   sample DEVICE PID STAMP SM ENC DEC a sample of a process
 *   xid DEVICE CODE                    an event, delivered once
 *   migchange DEVICE                   an event, delivered once
 *   mig DEVICE SLOT GI CI TOTAL USED UUID NAME
 *   gpm DEVICE GI ID VALUE             GI -1 for the whole device
 *   static                             the file is not looked at again: for measuring
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define KEYS(X) \
  X(util_gpu) X(util_memory) X(encoder) X(decoder) X(pstate) X(clock0) X(clock1) X(clock2) \
  X(clock3) X(mem_total) X(mem_used) X(mem_reserved) X(power) X(power_limit) X(energy) \
  X(temperature) X(threshold0) X(threshold1) X(threshold2) X(margin) X(fan) X(reasons) \
  X(ecc_corrected) X(ecc_uncorrected) X(replays) X(link_gen) X(link_width) X(mig_mode) \
  X(mig_max) X(gpm_support) X(event_types)

#define ENUM(key) K_##key,
#define NAME(key) #key,
enum { KEYS(ENUM) KEY_COUNT };
static const char *key_names[] = { KEYS(NAME) };

#define DEVICES 16
#define LIST 256
#define TEXT 96

typedef struct { uint32_t id; uint64_t value; int type; } field_t;
typedef struct { uint32_t pid; uint64_t bytes; } proc_t;
typedef struct { uint32_t pid; uint64_t stamp; uint32_t sm, enc, dec; } sample_t;
typedef struct { int slot; uint32_t gi, ci; uint64_t total, used; char uuid[TEXT], name[TEXT]; int parent; } mig_t;
typedef struct { int gi; uint32_t id; double value; } gpm_t;
typedef struct {
  int is_set[KEY_COUNT];
  uint64_t value[KEY_COUNT];
  char uuid[TEXT], name[TEXT], serial[TEXT], vbios[TEXT], bus[TEXT];
  int exists, fields, procs, samples, gpms;
  field_t field[LIST];
  proc_t proc[LIST];
  sample_t sample[LIST];
  gpm_t gpm[LIST];
} device_t;
typedef struct { char function[64]; int device; int code; } rc_t;
typedef struct { char function[64]; int ms; } delay_t;
typedef struct { int device; uint64_t type, data; } event_t;

static device_t devices[DEVICES];
static mig_t migs[LIST];
static rc_t rcs[LIST];
static delay_t delays[LIST];
static event_t events[LIST];
static int mig_count, rc_count, delay_count, event_count, taken_events;
static int init_code, cuda_version, is_static, is_loaded, init_count, live_samples, live_sets;
static char driver_version[80];
static char file_path[4096];
static struct timespec file_time;
static off_t file_size;
static ino_t file_number;

static void find_file(void) {
  Dl_info info;
  if (file_path[0] != 0) return;
  if (dladdr((void *)find_file, &info) != 0) snprintf(file_path, sizeof file_path, "%s.txt", info.dli_fname);
}

static void parse_line(char *line) {
  char word[64], text[TEXT], other[64];
  int device, a, b, n = 0;
  unsigned long long x, y;
  double value;
  if (sscanf(line, "init %d", &a) == 1) { init_code = a; return; }
  if (sscanf(line, "driver %79s", driver_version) == 1) return;
  if (sscanf(line, "cuda %d", &a) == 1) { cuda_version = a; return; }
  if (strncmp(line, "static", 6) == 0) { is_static = 1; return; }
  if (sscanf(line, "rc %63s %d %d", word, &device, &a) == 3 && rc_count < LIST) {
    rc_t *rc = &rcs[rc_count++];
    strcpy(rc->function, word); rc->device = device; rc->code = a; return;
  }
  if (sscanf(line, "delay %63s %d", word, &a) == 2 && delay_count < LIST) {
    strcpy(delays[delay_count].function, word); delays[delay_count++].ms = a; return;
  }
  if (sscanf(line, "xid %d %llu", &device, &x) == 2 && event_count < LIST) {
    events[event_count++] = (event_t){ device, 8, x }; return;
  }
  if (sscanf(line, "migchange %d", &device) == 1 && event_count < LIST) {
    events[event_count++] = (event_t){ device, 0x100, 0 }; return;
  }
  if (sscanf(line, "field %d %d %llu %d", &device, &a, &x, &b) == 4 && device >= 0 && device < DEVICES) {
    device_t *d = &devices[device];
    if (d->fields < LIST) d->field[d->fields++] = (field_t){ a, x, b };
    return;
  }
  if (sscanf(line, "proc %d %d %llu", &device, &a, &x) == 3 && device >= 0 && device < DEVICES) {
    device_t *d = &devices[device];
    if (d->procs < LIST) d->proc[d->procs++] = (proc_t){ a, x };
    return;
  }
  unsigned sm, enc, dec;
  if (sscanf(line, "sample %d %d %llu %u %u %u", &device, &a, &x, &sm, &enc, &dec) == 6 && device >= 0 && device < DEVICES) {
    device_t *d = &devices[device];
    if (d->samples < LIST) d->sample[d->samples++] = (sample_t){ a, x, sm, enc, dec };
    return;
  }
  int slot, gi, ci;
  if (sscanf(line, "mig %d %d %d %d %llu %llu %95s %n", &device, &slot, &gi, &ci, &x, &y, text, &n) == 7 && n > 0 && mig_count < LIST) {
    mig_t *m = &migs[mig_count++];
    m->slot = slot; m->gi = gi; m->ci = ci; m->total = x; m->used = y; m->parent = device;
    strcpy(m->uuid, text);
    snprintf(m->name, TEXT, "%s", line + n);
    return;
  }
  if (sscanf(line, "gpm %d %d %d %lf", &device, &gi, &a, &value) == 4 && device >= 0 && device < DEVICES) {
    device_t *d = &devices[device];
    if (d->gpms < LIST) d->gpm[d->gpms++] = (gpm_t){ gi, a, value };
    return;
  }
  if (sscanf(line, "%d text %63s %n", &device, other, &n) == 2 && n > 0 && device >= 0 && device < DEVICES) {
    device_t *d = &devices[device];
    char *to = strcmp(other, "uuid") == 0 ? d->uuid : strcmp(other, "name") == 0 ? d->name
      : strcmp(other, "serial") == 0 ? d->serial : strcmp(other, "vbios") == 0 ? d->vbios : d->bus;
    snprintf(to, TEXT, "%s", line + n);
    d->exists = 1;
    return;
  }
  if (sscanf(line, "%d %63s %llu", &device, word, &x) == 3 && device >= 0 && device < DEVICES) {
    for (int k = 0; k < KEY_COUNT; k++) {
      if (strcmp(key_names[k], word) != 0) continue;
      devices[device].is_set[k] = 1;
      devices[device].value[k] = x;
      devices[device].exists = 1;
    }
  }
}

static void load(void) {
  struct stat st;
  char line[512];
  if (is_static && is_loaded) return;
  find_file();
  if (stat(file_path, &st) != 0) return;
  /* Two files of one length may be written within one tick of the clock; their numbers differ. */
  if (is_loaded && st.st_ino == file_number && st.st_mtim.tv_sec == file_time.tv_sec && st.st_mtim.tv_nsec == file_time.tv_nsec && st.st_size == file_size) return;
  FILE *file = fopen(file_path, "r");
  if (file == NULL) return;
  file_time = st.st_mtim;
  file_size = st.st_size;
  file_number = st.st_ino;
  is_loaded = 1;
  memset(devices, 0, sizeof devices);
  mig_count = rc_count = delay_count = event_count = init_code = cuda_version = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\r\n")] = 0;
    parse_line(line);
  }
  fclose(file);
}

/* The answer that the file wants for a function, after the delay that it wants. */
static int enter(const char *function, int device) {
  load();
  if (rc_count == 0 && delay_count == 0) return 0;
  for (int i = 0; i < delay_count; i++) {
    if (strcmp(delays[i].function, function) != 0) continue;
    struct timespec pause = { delays[i].ms / 1000, (delays[i].ms % 1000) * 1000000L };
    nanosleep(&pause, NULL);
  }
  for (int i = 0; i < rc_count; i++) {
    if (strcmp(rcs[i].function, function) == 0 && (rcs[i].device == device || rcs[i].device == -1)) return rcs[i].code;
    if (strcmp(rcs[i].function, "*") == 0 && (rcs[i].device == device || rcs[i].device == -1) && device >= 0) return rcs[i].code;
  }
  return 0;
}

/* Handles: the address of a device, or of a MIG instance. */
static int index_of(void *handle) {
  device_t *d = handle;
  if (d >= devices && d < devices + DEVICES) return (int)(d - devices);
  return -1;
}
static mig_t *mig_of(void *handle) {
  mig_t *m = handle;
  return m >= migs && m < migs + mig_count ? m : NULL;
}

#define BEGIN(handle) \
  int device = index_of(handle); \
  mig_t *mig = device < 0 ? mig_of(handle) : NULL; \
  if (device < 0 && mig == NULL) return 2; \
  int code = enter(__func__, device); \
  if (code != 0) return code; \
  (void)mig;

#define NEED(pointer) if ((pointer) == NULL) return 2;

static int get(int device, int key, uint64_t *value) {
  if (device < 0 || !devices[device].is_set[key]) return 3;
  *value = devices[device].value[key];
  return 0;
}

#define U32(function, key) \
  int function(void *handle, uint32_t *out) { \
    BEGIN(handle) NEED(out) \
    uint64_t value; \
    int rc = get(device, K_##key, &value); \
    if (rc == 0) *out = (uint32_t)value; \
    return rc; \
  }
#define U64(function, key) \
  int function(void *handle, uint64_t *out) { \
    BEGIN(handle) NEED(out) \
    return get(device, K_##key, out); \
  }

static int text_out(const char *text, char *out, uint32_t length) {
  if (out == NULL) return 2;
  if (text[0] == 0) return 3;
  if (strlen(text) >= length) return 7;
  strcpy(out, text);
  return 0;
}

int nvmlInitWithFlags(uint32_t flags) { (void)flags; load(); if (init_code == 0) init_count++; return init_code; }
int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
int nvmlShutdown(void) {
  if (init_count == 0) return 1;
  init_count--;
  /* A real driver crashes later: here the mistake is loud. */
  if (init_count == 0 && (live_samples != 0 || live_sets != 0)) abort();
  return 0;
}
int nvmlSystemGetDriverVersion(char *out, uint32_t length) { load(); return text_out(driver_version, out, length); }
int nvmlSystemGetCudaDriverVersion(int *out) { load(); NEED(out) if (cuda_version == 0) return 3; *out = cuda_version; return 0; }

int nvmlDeviceGetCount_v2(uint32_t *out) {
  int code = enter(__func__, -2);
  if (init_count == 0) return 1;
  if (code != 0) return code;
  NEED(out)
  *out = 0;
  for (int i = 0; i < DEVICES; i++) if (devices[i].exists) *out = i + 1;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(uint32_t index, void **out) {
  NEED(out)
  if (index >= DEVICES || !devices[index].exists) return 2;
  int code = enter(__func__, (int)index);
  if (code != 0) return code;
  *out = &devices[index];
  return 0;
}
int nvmlDeviceGetName(void *handle, char *out, uint32_t length) { BEGIN(handle) return text_out(mig ? mig->name : devices[device].name, out, length); }
#ifndef WITHOUT_UUID
int nvmlDeviceGetUUID(void *handle, char *out, uint32_t length) { BEGIN(handle) return text_out(mig ? mig->uuid : devices[device].uuid, out, length); }
#endif
int nvmlDeviceGetSerial(void *handle, char *out, uint32_t length) { BEGIN(handle) if (mig) return 3; return text_out(devices[device].serial, out, length); }
int nvmlDeviceGetVbiosVersion(void *handle, char *out, uint32_t length) { BEGIN(handle) if (mig) return 3; return text_out(devices[device].vbios, out, length); }

typedef struct { char legacy[16]; uint32_t domain, bus, device, id, subsystem; char bus_id[32]; } pci_t;
int nvmlDeviceGetPciInfo_v3(void *handle, pci_t *out) {
  BEGIN(handle) NEED(out)
  if (mig) return 3;
  memset(out, 0, sizeof *out);
  return text_out(devices[device].bus, out->bus_id, sizeof out->bus_id);
}

typedef struct { uint32_t gpu, memory; } utilization_t;
int nvmlDeviceGetUtilizationRates(void *handle, utilization_t *out) {
  BEGIN(handle) NEED(out)
  uint64_t gpu, memory;
  if (get(device, K_util_gpu, &gpu) != 0 || get(device, K_util_memory, &memory) != 0) return 3;
  out->gpu = gpu; out->memory = memory;
  return 0;
}
static int codec(int device, int key, uint32_t *out, uint32_t *period) {
  uint64_t value;
  if (out == NULL || period == NULL) return 2;
  int rc = get(device, key, &value);
  if (rc == 0) { *out = value; *period = 1000000; }
  return rc;
}
int nvmlDeviceGetEncoderUtilization(void *handle, uint32_t *out, uint32_t *period) { BEGIN(handle) return codec(device, K_encoder, out, period); }
int nvmlDeviceGetDecoderUtilization(void *handle, uint32_t *out, uint32_t *period) { BEGIN(handle) return codec(device, K_decoder, out, period); }
U32(nvmlDeviceGetPerformanceState, pstate)
int nvmlDeviceGetClockInfo(void *handle, int domain, uint32_t *out) {
  BEGIN(handle) NEED(out)
  uint64_t value;
  if (domain < 0 || domain > 3) return 2;
  int rc = get(device, K_clock0 + domain, &value);
  if (rc == 0) *out = value;
  return rc;
}

typedef struct { uint32_t version; uint64_t total, reserved, free, used; } memory_v2_t;
typedef struct { uint64_t total, free, used; } memory_t;
static int memory_of(int device, mig_t *mig, memory_v2_t *out) {
  if (mig) { out->total = mig->total; out->used = mig->used; out->reserved = 0; return 0; }
  if (get(device, K_mem_total, &out->total) != 0 || get(device, K_mem_used, &out->used) != 0) return 3;
  if (get(device, K_mem_reserved, &out->reserved) != 0) out->reserved = 0;
  return 0;
}
#ifndef WITHOUT_MEMORY_V2
int nvmlDeviceGetMemoryInfo_v2(void *handle, memory_v2_t *out) {
  BEGIN(handle) NEED(out)
  if (out->version != (sizeof(memory_v2_t) | (2u << 24))) return 25;
  int rc = memory_of(device, mig, out);
  out->free = out->total - out->used - out->reserved;
  return rc;
}
#endif
int nvmlDeviceGetMemoryInfo(void *handle, memory_t *out) {
  BEGIN(handle) NEED(out)
  memory_v2_t v2;
  int rc = memory_of(device, mig, &v2);
  if (rc == 0) { out->total = v2.total; out->used = v2.used + v2.reserved; out->free = out->total - out->used; }
  return rc;
}
U32(nvmlDeviceGetPowerUsage, power)
U32(nvmlDeviceGetEnforcedPowerLimit, power_limit)
U64(nvmlDeviceGetTotalEnergyConsumption, energy)

typedef struct { uint32_t version, sensor; int32_t temperature; } temperature_t;
#ifndef WITHOUT_TEMPERATURE_V
int nvmlDeviceGetTemperatureV(void *handle, temperature_t *out) {
  BEGIN(handle) NEED(out)
  if (out->version != (sizeof(temperature_t) | (1u << 24))) return 25;
  uint64_t value;
  int rc = get(device, K_temperature, &value);
  if (rc == 0) out->temperature = (int32_t)value;
  return rc;
}
#endif
int nvmlDeviceGetTemperature(void *handle, int sensor, uint32_t *out) {
  BEGIN(handle) NEED(out)
  if (sensor != 0) return 2;
  uint64_t value;
  int rc = get(device, K_temperature, &value);
  if (rc == 0) *out = value;
  return rc;
}
int nvmlDeviceGetTemperatureThreshold(void *handle, int threshold, uint32_t *out) {
  BEGIN(handle) NEED(out)
  uint64_t value;
  if (threshold < 0 || threshold > 2) return 3;
  int rc = get(device, K_threshold0 + threshold, &value);
  if (rc == 0) *out = value;
  return rc;
}
typedef struct { uint32_t version; int32_t margin; } margin_t;
int nvmlDeviceGetMarginTemperature(void *handle, margin_t *out) {
  BEGIN(handle) NEED(out)
  if (out->version != (sizeof(margin_t) | (1u << 24))) return 25;
  uint64_t value;
  int rc = get(device, K_margin, &value);
  if (rc == 0) out->margin = (int32_t)value;
  return rc;
}
U32(nvmlDeviceGetFanSpeed, fan)
#ifndef WITHOUT_EVENT_REASONS
U64(nvmlDeviceGetCurrentClocksEventReasons, reasons)
#endif
U64(nvmlDeviceGetCurrentClocksThrottleReasons, reasons)
int nvmlDeviceGetTotalEccErrors(void *handle, int kind, int counter, uint64_t *out) {
  BEGIN(handle) NEED(out)
  if (counter != 0) return 2;
  return get(device, kind == 0 ? K_ecc_corrected : K_ecc_uncorrected, out);
}
U32(nvmlDeviceGetPcieReplayCounter, replays)
U32(nvmlDeviceGetCurrPcieLinkGeneration, link_gen)
U32(nvmlDeviceGetCurrPcieLinkWidth, link_width)

typedef struct { uint32_t id, scope; int64_t stamp, latency; int32_t type, rc; union { double d; uint32_t u; uint64_t q; int64_t s; } value; } field_value_t;
int nvmlDeviceGetFieldValues(void *handle, int count, field_value_t *values) {
  BEGIN(handle) NEED(values)
  if (count < 1 || count > LIST) return 2;
  for (int i = 0; i < count; i++) {
    values[i].rc = 3;
    if (mig) continue;
    for (int j = 0; j < devices[device].fields; j++) {
      field_t *f = &devices[device].field[j];
      if (f->id != values[i].id) continue;
      if ((f->id == 138 || f->id == 139) && values[i].scope != 0xFFFFFFFFu) continue;
      values[i].rc = 0;
      values[i].type = f->type;
      values[i].value.q = 0;
      if (f->type == 0) values[i].value.d = (double)f->value; else values[i].value.q = f->value;
    }
  }
  return 0;
}

typedef struct { uint32_t pid; uint64_t used; uint32_t gi, ci; } process_t;
int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, uint32_t *count, process_t *out) {
  BEGIN(handle) NEED(count)
  uint32_t room = *count;
  int from = mig ? mig->parent : device;
  *count = devices[from].procs;
  if (room < *count) return 7;
  for (uint32_t i = 0; i < *count; i++) {
    out[i].pid = devices[from].proc[i].pid;
    out[i].used = devices[from].proc[i].bytes == 0 ? ~0ull : devices[from].proc[i].bytes;
    out[i].gi = out[i].ci = 0xFFFFFFFFu;
  }
  return 0;
}
typedef struct { uint32_t pid; uint64_t stamp; uint32_t sm, memory, encoder, decoder; } process_sample_t;
int nvmlDeviceGetProcessUtilization(void *handle, process_sample_t *out, uint32_t *count, uint64_t since) {
  BEGIN(handle) NEED(count)
  if (mig) return 3;
  uint32_t n = 0;
  for (int i = 0; i < devices[device].samples; i++) n += devices[device].sample[i].stamp > since;
  if (n == 0) return 6;
  if (out == NULL || *count < n) { *count = n; return 7; }
  *count = n;
  n = 0;
  for (int i = 0; i < devices[device].samples; i++) {
    sample_t *s = &devices[device].sample[i];
    if (s->stamp <= since) continue;
    out[n++] = (process_sample_t){ s->pid, s->stamp, s->sm, 0, s->enc, s->dec };
  }
  return 0;
}

int nvmlDeviceGetMigMode(void *handle, uint32_t *current, uint32_t *pending) {
  BEGIN(handle) NEED(current) NEED(pending)
  uint64_t value;
  int rc = get(device, K_mig_mode, &value);
  if (rc == 0) *current = *pending = value;
  return rc;
}
U32(nvmlDeviceGetMaxMigDeviceCount, mig_max)
int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, uint32_t slot, void **out) {
  BEGIN(handle) NEED(out)
  for (int i = 0; i < mig_count; i++) {
    if (migs[i].parent == device && migs[i].slot == (int)slot) { *out = &migs[i]; return 0; }
  }
  return 6;
}
int nvmlDeviceGetGpuInstanceId(void *handle, uint32_t *out) { BEGIN(handle) NEED(out) if (!mig) return 3; *out = mig->gi; return 0; }
int nvmlDeviceGetComputeInstanceId(void *handle, uint32_t *out) { BEGIN(handle) NEED(out) if (!mig) return 3; *out = mig->ci; return 0; }

static int the_set;
int nvmlEventSetCreate(void **out) { int code = enter(__func__, -2); if (code != 0) return code; NEED(out) live_sets++; *out = &the_set; return 0; }
int nvmlDeviceGetSupportedEventTypes(void *handle, uint64_t *out) { BEGIN(handle) NEED(out) return get(device, K_event_types, out); }
int nvmlDeviceRegisterEvents(void *handle, uint64_t mask, void *set) {
  BEGIN(handle)
  uint64_t supported;
  if (set != &the_set || get(device, K_event_types, &supported) != 0) return 3;
  return (mask & ~supported) != 0 ? 3 : 0;
}
typedef struct { void *device; uint64_t type, data; uint32_t gi, ci; } event_data_t;
int nvmlEventSetWait_v2(void *set, event_data_t *out, uint32_t timeout) {
  int code = enter(__func__, -2);
  if (code != 0) return code;
  if (set != &the_set || out == NULL) return 2;
  if (timeout != 0) return 2; /* A reader that waits would hold its thread. */
  if (taken_events >= event_count) return 10;
  event_t *e = &events[taken_events++];
  *out = (event_data_t){ &devices[e->device], e->type, e->data, 0xFFFFFFFFu, 0xFFFFFFFFu };
  return 0;
}
int nvmlEventSetFree(void *set) { if (set != &the_set) return 2; live_sets--; return 0; }

#ifndef WITHOUT_GPM
typedef struct { uint32_t version, supported; } gpm_support_t;
typedef struct { int device, gi; } gpm_sample_t;
typedef struct { uint32_t id, rc; double value; const char *names[3]; } gpm_metric_t;
typedef struct { uint32_t version, count; gpm_sample_t *one, *two; gpm_metric_t metrics[333]; } gpm_get_t;
int nvmlGpmQueryDeviceSupport(void *handle, gpm_support_t *out) {
  BEGIN(handle) NEED(out)
  if (out->version != 1) return 25;
  uint64_t value;
  out->supported = get(device, K_gpm_support, &value) == 0 ? value : 0;
  return 0;
}
int nvmlGpmSampleAlloc(gpm_sample_t **out) { NEED(out) *out = calloc(1, sizeof **out); live_samples++; return 0; }
int nvmlGpmSampleFree(gpm_sample_t *sample) { NEED(sample) if (init_count == 0) abort(); free(sample); live_samples--; return 0; }
int nvmlGpmSampleGet(void *handle, gpm_sample_t *sample) { BEGIN(handle) NEED(sample) sample->device = device; sample->gi = -1; return 0; }
int nvmlGpmMigSampleGet(void *handle, uint32_t gi, gpm_sample_t *sample) { BEGIN(handle) NEED(sample) sample->device = device; sample->gi = gi; return 0; }
int nvmlGpmMetricsGet(gpm_get_t *get) {
  NEED(get)
  if (get->version != 1) return 25;
  if (get->one == NULL || get->two == NULL || get->one->device != get->two->device || get->one->gi != get->two->gi) return 2;
  for (uint32_t i = 0; i < get->count; i++) {
    get->metrics[i].rc = 3;
    device_t *d = &devices[get->one->device];
    for (int j = 0; j < d->gpms; j++) {
      if (d->gpm[j].id != get->metrics[i].id || d->gpm[j].gi != get->one->gi) continue;
      get->metrics[i].rc = 0;
      get->metrics[i].value = d->gpm[j].value;
    }
  }
  return 0;
}
#endif
