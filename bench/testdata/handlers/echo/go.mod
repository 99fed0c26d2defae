module echo

go 1.22

require github.com/aliyun/fc-runtime-go-sdk v0.2.9
