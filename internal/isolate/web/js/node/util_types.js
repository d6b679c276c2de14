// node:util/types.
const { kinds } = require("inspect");
const tag = (o) => { try { return Object.prototype.toString.call(o).slice(8, -1); } catch { return ""; } };
const isObject = (o) => typeof o === "object" && o !== null;

Object.assign(exports, {
  isDate: (o) => isObject(o) && kinds.isDate(o), isRegExp: (o) => o instanceof RegExp, isMap: (o) => isObject(o) && kinds.isMap(o), isSet: (o) => isObject(o) && kinds.isSet(o),
  isWeakMap: (o) => o instanceof WeakMap, isWeakSet: (o) => o instanceof WeakSet, isPromise: (o) => o instanceof Promise, isNativeError: (o) => isObject(o) && kinds.isError(o),
  isArrayBuffer: (o) => o instanceof ArrayBuffer, isAnyArrayBuffer: (o) => o instanceof ArrayBuffer, isSharedArrayBuffer: () => false, isArrayBufferView: (o) => ArrayBuffer.isView(o),
  isDataView: (o) => o instanceof DataView, isTypedArray: (o) => isObject(o) && kinds.isTyped(o) !== undefined, isProxy: () => false, isExternal: () => false, isModuleNamespaceObject: () => false,
  isAsyncFunction: (f) => typeof f === "function" && tag(f) === "AsyncFunction", isGeneratorFunction: (f) => typeof f === "function" && tag(f) === "GeneratorFunction", isGeneratorObject: (o) => isObject(o) && tag(o) === "Generator",
  isArgumentsObject: (o) => isObject(o) && tag(o) === "Arguments", isMapIterator: (o) => tag(o) === "Map Iterator", isSetIterator: (o) => tag(o) === "Set Iterator",
  isBoxedPrimitive: (o) => isObject(o) && kinds.isBoxed(o), isNumberObject: (o) => o instanceof Number, isStringObject: (o) => o instanceof String, isBooleanObject: (o) => o instanceof Boolean, isSymbolObject: (o) => o instanceof Symbol, isBigIntObject: (o) => isObject(o) && o instanceof BigInt,
  isCryptoKey: (o) => isObject(o) && tag(o) === "CryptoKey", isKeyObject: () => false,
});
for (const n of ["Uint8Array", "Int8Array", "Uint8ClampedArray", "Uint16Array", "Int16Array", "Uint32Array", "Int32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]) exports["is" + n] = (o) => isObject(o) && kinds.isTyped(o) === n;
