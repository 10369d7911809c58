// The thread that reads GPUs, as a file of this package: `#gpu-worker` names it.
import '@telltale/instrumentation-gpu/worker/main';
