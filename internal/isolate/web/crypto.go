package web

import "github.com/dop251/goja"

func (p *platform) cryptoNative() goja.Value     { return goja.Undefined() }
func (p *platform) nodeCryptoNative() goja.Value { return goja.Undefined() }
func (p *platform) websocketNative() goja.Value  { return goja.Undefined() }
func (p *platform) messagingNative() goja.Value  { return goja.Undefined() }
