package live

import "github.com/prometheus/client_golang/prometheus"

// metrics are the hub's numbers. Labels are bounded: kinds are registered ones, outcomes are fault codes.
type metrics struct {
	connections prometheus.Gauge
	sent        prometheus.Counter
	coalesced   prometheus.Counter
	slow        prometheus.Counter
	undeclared  prometheus.Counter
	panics      prometheus.Counter
	closed      *prometheus.CounterVec
	commands    *prometheus.CounterVec
	took        *prometheus.HistogramVec
}

func newMetrics(h *Hub, reg prometheus.Registerer) *metrics {
	name := func(n, help string) prometheus.Opts {
		return prometheus.Opts{Namespace: "hoithi", Subsystem: "live", Name: n, Help: help}
	}
	m := &metrics{
		connections: prometheus.NewGauge(prometheus.GaugeOpts(name("connections", "Open sockets."))),
		sent:        prometheus.NewCounter(prometheus.CounterOpts(name("messages_sent_total", "Messages written to sockets."))),
		coalesced:   prometheus.NewCounter(prometheus.CounterOpts(name("messages_coalesced_total", "Views that a newer one replaced before they were written."))),
		slow:        prometheus.NewCounter(prometheus.CounterOpts(name("slow_sockets_total", "Sockets closed because they were too slow."))),
		undeclared:  prometheus.NewCounter(prometheus.CounterOpts(name("messages_undeclared_total", "Messages not sent because they were not as declared."))),
		panics:      prometheus.NewCounter(prometheus.CounterOpts(name("panics_total", "Panics that were caught."))),
		closed:      prometheus.NewCounterVec(prometheus.CounterOpts(name("closed_total", "Close frames sent, by reason.")), []string{"reason"}),
		commands:    prometheus.NewCounterVec(prometheus.CounterOpts(name("commands_total", "Commands by kind and outcome.")), []string{"kind", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "hoithi", Subsystem: "live", Name: "command_seconds", Help: "From a command's receipt to its reply.",
			Buckets: []float64{.001, .005, .02, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"kind"}),
	}
	if reg != nil {
		depth := prometheus.NewGaugeFunc(prometheus.GaugeOpts(name("queue_depth", "Messages waiting in all sockets.")), func() float64 {
			n := 0
			for _, c := range h.all() {
				n += c.out.depth()
			}
			return float64(n)
		})
		reg.MustRegister(m.connections, m.sent, m.coalesced, m.slow, m.undeclared, m.panics, m.closed, m.commands, m.took, depth)
	}
	return m
}
