package daemon

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// allowList is runtime.fetch.allow: where scripts may connect to.
type allowList struct {
	all   bool
	open  bool     // "public": every address but private and loopback ones
	names []string // "example.com", "*.example.com", with ":port" for one port alone
	nets  []netip.Prefix
}

func parseAllow(entries []string) allowList {
	var a allowList
	for _, e := range entries {
		e = strings.ToLower(strings.TrimSpace(e))
		if p, err := netip.ParsePrefix(e); err == nil {
			a.nets = append(a.nets, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(e); err == nil {
			a.nets = append(a.nets, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		switch e {
		case "":
		case "*":
			a.all = true
		case "public":
			a.open = true
		default:
			a.names = append(a.names, e)
		}
	}
	return a
}

// name reports whether a host is allowed by its name.
func (a allowList) name(host, port string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, n := range a.names {
		if h, p, err := net.SplitHostPort(n); err == nil {
			if p != port {
				continue
			}
			n = h
		}
		if n == host || strings.HasPrefix(n, "*.") && strings.HasSuffix(host, n[1:]) {
			return true
		}
	}
	return false
}

// addr reports whether an address is in one of the ranges.
func (a allowList) addr(ip netip.Addr) bool {
	if a.open && publicAddr(ip.Unmap()) {
		return true
	}
	for _, p := range a.nets {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// inner are ranges beside those that netip knows which lead to no public host,
// or back into a network: shared, benchmark and reserved addresses, and IPv6
// that wraps an IPv4 address.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("::/96"),
}

// publicAddr reports whether an address is one of the internet's.
func publicAddr(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range inner {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// fetchClient is what scripts' fetch goes through. A range is checked against
// the address that is dialled, not against what a name meant a moment ago.
func fetchClient(entries []string) *http.Client {
	a := parseAllow(entries)
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	t := http.DefaultTransport.(*http.Transport).Clone()
	if !a.all {
		t.Proxy = nil // a proxy would connect in our stead
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, fmt.Errorf("fetch %s: %w", address, err)
			}
			if a.name(host, port) {
				return dialer.DialContext(ctx, network, address)
			}
			checked := *dialer
			checked.ControlContext = func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
				ap, err := netip.ParseAddrPort(resolved)
				if err != nil || !a.addr(ap.Addr()) {
					return fmt.Errorf("%s is not allowed by runtime.fetch.allow", address)
				}
				return nil
			}
			return checked.DialContext(ctx, network, address)
		}
	}
	return &http.Client{Transport: t}
}
