// abort-controller for readable-stream.
exports.AbortController = AbortController;
exports.AbortSignal = AbortSignal;
