# common/: bytes and descriptors; knows no service, server or client.
COMMON_SRC := $(wildcard common/*.c)
COMMON_OBJ := $(COMMON_SRC:%.c=$(B)/%.o) $(GEN_XDR)
