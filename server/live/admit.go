package live

// full tells why there is no room for another socket; 0: there is. Many sockets of the audience, or of one stolen code,
// must never keep those out who answer, mark and give cues; nor can many entries, which in a contest that is open to all
// anybody makes, keep out the crew. The caller holds mu.
func (h *Hub) full(key, account, remote string) (CloseCode, error) {
	switch {
	case h.stopping:
		return CloseRestart, errStopping
	case len(h.clients) >= h.cfg.MaxConnections, account == "" && len(h.clients) >= h.cfg.MaxOthers,
		key == "" && (h.nobody >= h.cfg.MaxNobodies || h.nobodies[remote] >= h.cfg.MaxPerAddress),
		key != "" && len(h.byKey[key]) >= h.cfg.MaxPerKey:
		return CloseTryLater, errFull
	}
	return 0, nil
}

// mayAdmit looks before the upgrade, where a refusal can still be an HTTP answer.
func (h *Hub) mayAdmit(key, account, remote string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.full(key, account, remote)
	return err
}

// admit adds c; anything but 0 is the reason why not.
func (h *Hub) admit(c *Client) CloseCode {
	h.mu.Lock()
	defer h.mu.Unlock()
	if code, err := h.full(c.key, c.account, c.remote); err != nil {
		return code
	}
	h.sockets.Add(1)
	h.clients[c] = struct{}{}
	for _, key := range c.keys() {
		h.byKey[key] = append(h.byKey[key], c)
	}
	if c.key == "" {
		h.nobody++
		h.nobodies[c.remote]++
	}
	h.metrics.connections.Inc()
	return 0
}

func (h *Hub) release(c *Client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
	if c.key == "" {
		h.nobody--
		if h.nobodies[c.remote]--; h.nobodies[c.remote] == 0 {
			delete(h.nobodies, c.remote)
		}
	}
	for _, key := range c.keys() {
		h.releaseKey(c, key)
	}
	h.metrics.connections.Dec()
	h.sockets.Done()
}

func (h *Hub) releaseKey(c *Client, key string) {
	list := h.byKey[key]
	for i, x := range list {
		if x == c {
			list[i] = list[len(list)-1]
			list[len(list)-1] = nil
			list = list[:len(list)-1]
			break
		}
	}
	if len(list) == 0 {
		delete(h.byKey, key)
	} else {
		h.byKey[key] = list
	}
}
