# server/: the daemon.
SERVER_SRC := $(wildcard server/*.c)
SERVER_OBJ := $(SERVER_SRC:%.c=$(B)/%.o) $(GEN)/idl_data.o

$(B)/rpcalld: $(SERVER_OBJ) $(COMMON_OBJ) $(GEN_TABLE)
	$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) $^ $(LIBS) $(STORE_LIBS) -o $@
