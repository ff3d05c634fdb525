# tests/peers/: echo programs on other people's libraries, for scripts/peers.
# Each needs its library's development package; none is part of the product.
PEERS := $(B)/peers

$(PEERS)/zmq_echo: tests/peers/zmq_echo.c tests/peers/echo.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) $< \
	    $$(pkg-config --cflags --libs libzmq) -o $@

# Debian's nng has no pkg-config file.
$(PEERS)/nng_echo: tests/peers/nng_echo.c tests/peers/echo.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) $< -lnng -o $@

$(PEERS)/grpc_echo: tests/peers/grpc_echo.cc tests/peers/echo.proto \
    tests/peers/echo.h
	@mkdir -p $(@D)
	protoc -Itests/peers --cpp_out=$(@D) --grpc_out=$(@D) \
	    --plugin=protoc-gen-grpc=$$(command -v grpc_cpp_plugin) echo.proto
	$(CXX) -std=gnu++17 -O2 -Itests/peers -I$(@D) $< $(@D)/echo.pb.cc \
	    $(@D)/echo.grpc.pb.cc $$(pkg-config --cflags --libs grpc++ protobuf) \
	    -o $@

# Nobody's library: the limit that scripts/bench holds our server against.
$(PEERS)/inplace: tests/peers/inplace.c tests/peers/bare.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) $< -o $@

# The same of pipes, both ends of it.
$(PEERS)/barepipe: tests/peers/barepipe.c tests/peers/bare.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) $< -o $@
