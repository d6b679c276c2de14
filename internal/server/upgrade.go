package server

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// upgradeAsked reports whether a request wants to become a WebSocket.
func upgradeAsked(r *http.Request) bool {
	return hasToken(r.Header["Connection"], "upgrade") && hasToken(r.Header["Upgrade"], "websocket")
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// upgrade answers 101 and gives k the connection. If it can't, it has answered.
func (k *socket) upgrade(w http.ResponseWriter, r *http.Request, subprotocol string) bool {
	key := r.Header.Get("Sec-Websocket-Key")
	if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) != 16 {
		plain(w, http.StatusBadRequest, "Bad Sec-WebSocket-Key")
		return false
	}
	if r.Header.Get("Sec-Websocket-Version") != "13" {
		w.Header()["Sec-WebSocket-Version"] = []string{"13"}
		plain(w, http.StatusUpgradeRequired, "Sec-WebSocket-Version must be 13")
		return false
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		plain(w, http.StatusBadRequest, "WebSockets need HTTP/1.1. Use SSE instead.")
		return false
	}
	var ahead []byte
	if n := rw.Reader.Buffered(); n > 0 {
		ahead = make([]byte, n)
		_, _ = rw.Reader.Read(ahead)
	}
	_ = conn.SetDeadline(time.Time{})
	accept := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(accept[:]) + "\r\n"
	if subprotocol != "" {
		head += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n"
	}
	k.open(conn, ahead)
	_ = k.out.put(func(dst []byte) ([]byte, error) { return fmt.Append(dst, head+"\r\n"), nil })
	return true
}
