module example.com/wasi-command

go 1.18
