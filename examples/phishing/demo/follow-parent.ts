// Preloaded into the service by the demo only: when the demo is killed, the service ends
// too instead of running on unseen.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
