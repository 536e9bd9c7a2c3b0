package exam

import "github.com/hoithi/hoithi/server/web"

// Routes registers the operations of online exams; taking one goes over the socket.
func Routes(api *web.API, s *Service) {
	setUpRoutes(api, s)
	resultRoutes(api, s)
	controlRoutes(api, s)
}
