module portcullis.dev/toolchain/reactor

go 1.26.0
