module web

go 1.22

require (
	github.com/aliyun/fc-runtime-go-sdk v0.2.9
	github.com/go-chi/chi/v5 v5.2.3
)
