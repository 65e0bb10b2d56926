# HaAgent. `make help` lists the targets.
PREFIX  ?= /usr
DESTDIR ?=
OUT     := $(CURDIR)/out
ARCH    ?= $(shell uname -m)
RID     := $(if $(filter aarch64 arm64,$(ARCH)),linux-arm64,linux-x64)
DOTNET  ?= dotnet
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

SOURCES := $(shell find src -name '*.cs' -o -name '*.csproj') Directory.Build.props Directory.Packages.props

.PHONY: help build install test demo lab-shell bench clean needs-build install-tree

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

build: $(OUT)/agent/VirtualDomain $(OUT)/haagent/haagent ## publish the native executables into out/

needs-build:
	@tests/needs build
	@command -v $(DOTNET) > /dev/null || { echo "The .NET 10 SDK is missing: install it so that '$(DOTNET)' is on the PATH (package dotnet-sdk-10.0)" >&2; exit 1; }

$(OUT)/agent/VirtualDomain: $(SOURCES) | needs-build
	$(DOTNET) publish src/HaAgent/HaAgent.csproj -c Release -r $(RID) -o $(OUT)/agent -v q

$(OUT)/haagent/haagent: $(SOURCES) | needs-build
	$(DOTNET) publish src/HaAgent.Setup/HaAgent.Setup.csproj -c Release -r $(RID) -o $(OUT)/haagent -v q

install: build ## install into DESTDIR/PREFIX
	install -D -m 755 $(OUT)/agent/VirtualDomain $(DESTDIR)$(PREFIX)/lib/ocf/resource.d/haagent/VirtualDomain
	install -D -m 755 $(OUT)/haagent/haagent $(DESTDIR)$(PREFIX)/sbin/haagent

test: build ## install what the tests need, and run every test
	@tests/needs build bindings node cluster
	@tests/run

demo: install-tree ## show the guide's four tests on a real cluster on this machine
	@tests/lab/demo $(OUT)/tree

lab-shell: install-tree ## bring that cluster up and leave it up, to play with
	@tests/lab/play $(OUT)/tree

# What the lab lays over its nodes: an installation, as a package would make it.
install-tree: build
	@tests/needs build node cluster
	@rm -rf $(OUT)/tree
	@$(MAKE) --no-print-directory install DESTDIR=$(OUT)/tree PREFIX=/usr

bench: build ## measure the agent against its bars (a C client, the bash agent)
	@tests/needs node bench
	bench/run

clean: ## remove everything that was built
	rm -rf out src/*/bin src/*/obj tests/*/bin tests/*/obj
