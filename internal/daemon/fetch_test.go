package daemon

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestFetchAllow(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(srv.Close)
	port := srv.URL[strings.LastIndexByte(srv.URL, ':')+1:]
	tests := map[string]struct {
		allow []string
		ok    bool
	}{
		"everything":              {[]string{"*"}, true},
		"nothing":                 {nil, false},
		"its address":             {[]string{"127.0.0.1"}, true},
		"its range":               {[]string{"10.0.0.0/8", "127.0.0.0/8"}, true},
		"another range":           {[]string{"10.0.0.0/8"}, false},
		"the internet alone":      {[]string{"public"}, false},
		"the internet and this":   {[]string{"public", "127.0.0.1"}, true},
		"its name":                {[]string{"localhost"}, true},
		"its name and port":       {[]string{"localhost:" + port}, true},
		"its name, another port":  {[]string{"localhost:1"}, false},
		"names below another one": {[]string{"*.example.com"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := srv.URL
			if strings.Contains(name, "name") {
				url = "http://localhost:" + port
			}
			res, err := fetchClient(tt.allow).Get(url)
			if err == nil {
				_ = res.Body.Close()
			}
			if (err == nil) != tt.ok {
				t.Errorf("fetch with allow %v: %v", tt.allow, err)
			}
			if err != nil && !strings.Contains(err.Error(), "runtime.fetch.allow") {
				t.Errorf("the error does not say why: %v", err)
			}
		})
	}
}

func TestAllowedNames(t *testing.T) {
	t.Parallel()
	a := parseAllow([]string{"*.example.com", "api.test:443"})
	for host, want := range map[string]bool{"a.example.com:1": true, "A.Example.com.:1": true, "example.com:1": false, "evilexample.com:1": false, "api.test:443": true, "api.test:80": false} {
		h, p, _ := strings.Cut(host, ":")
		if a.name(h, p) != want {
			t.Errorf("%s: %v, want %v", host, !want, want)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	a := parseAllow([]string{"public"})
	for ip, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:4700::1111": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fd00::1": false, "ff02::1": false,
		"::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::a00:1": false, "2002:a00:1::": false, "::a00:1": false,
	} {
		if got := a.addr(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %v, want %v", ip, got, want)
		}
	}
}
