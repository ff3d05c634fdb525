// gRPC's blocking client and server, in C++: see echo.h.
#include <grpcpp/grpcpp.h>

#include "echo.grpc.pb.h"
#include "echo.h"

class Service final : public echo::Echo::Service {
	grpc::Status Call(grpc::ServerContext *, const echo::Payload *in,
	    echo::Payload *out) override
	{
		out->set_data(in->data());
		return grpc::Status::OK;
	}
};

static int
call(void *arg, const uint8_t *out, uint8_t *in, size_t n)
{
	auto *stub = static_cast<echo::Echo::Stub *>(arg);
	grpc::ClientContext context;
	echo::Payload request, reply;

	request.set_data(out, n);
	if (!stub->Call(&context, request, &reply).ok() ||
	    reply.data().size() != n)
		return 1;
	memcpy(in, reply.data().data(), n);
	return 0;
}

static int
serve(const char *address)
{
	Service service;
	grpc::ServerBuilder builder;

	builder.AddListeningPort(address, grpc::InsecureServerCredentials());
	builder.RegisterService(&service);
	auto server = builder.BuildAndStart();
	if (!server)
		return 1;
	puts("ready");
	fflush(stdout);
	server->Wait();
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (argc == 5 && strcmp(argv[1], "call") == 0) {
		auto stub = echo::Echo::NewStub(grpc::CreateChannel(argv[2],
		    grpc::InsecureChannelCredentials()));

		return echo_measure(call, stub.get(), argv[3], argv[4]);
	}
	return 64;
}
