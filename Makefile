# HaAgent. `make help` lists the targets.
PREFIX  ?= /usr
SBINDIR ?= $(PREFIX)/sbin
MANDIR  ?= $(PREFIX)/share/man
DOCDIR  ?= $(PREFIX)/share/doc/haagent
DESTDIR ?=
ARCH    ?= $(shell uname -m)
RID     := $(if $(filter aarch64,$(ARCH)),linux-arm64,linux-x64)
DOTNET  ?= dotnet
# For another machine's processor: with Debian's cross gcc.
CROSS   := $(if $(filter $(shell uname -m),$(ARCH)),,$(ARCH)-linux-gnu-)
OUT     := $(CURDIR)/out$(if $(CROSS),/$(ARCH))
# A package builder says `install -m 755`, and splits the debug symbols itself.
INSTALL_PROGRAM ?= install -m 755 -s --strip-program=$(CROSS)strip
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# What is packed carries the time of the last commit, not of the build.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2> /dev/null || stat -c %Y VERSION)

# Without what the compiler writes itself: each build would make the next one necessary.
SOURCES := $(shell find src \( -name obj -o -name bin \) -prune -o \( -name '*.cs' -o -name '*.csproj' \) -print) Directory.Build.props Directory.Build.targets Directory.Packages.props VERSION
MANUAL  := $(OUT)/man/man7/ocf_haagent_VirtualDomain.7

.PHONY: help build install dist rpm deb test test-rpm test-deb test-vm demo lab-shell bench clean needs-build install-tree

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

build: $(OUT)/agent/VirtualDomain $(OUT)/haagent/haagent $(MANUAL) $(OUT)/haagent.cdx.json ## publish the native executables, and what belongs to them, into out/

needs-build:
	@! command -v apt-get > /dev/null || tests/needs build$(if $(CROSS), cross)
	@command -v $(DOTNET) > /dev/null || { echo "The .NET 10 SDK is missing: install it so that '$(DOTNET)' is on the PATH (package dotnet-sdk-10.0)" >&2; exit 1; }

# With their debug symbols, which are taken away when they are installed. The restore's assets tell what is inside.
PUBLISH = $(DOTNET) publish -c Release -r $(RID) -v q -p:StripSymbols=false $(if $(CROSS),-p:CppCompilerAndLinker=$(CROSS)gcc) -o $(@D) $< && mkdir -p $(OUT)/assets && \
	for project in $(<D) $(USES:%=src/HaAgent.%); do cp $$project/obj/project.assets.json $(OUT)/assets/$${project\#\#*/}.json || exit 1; done

$(OUT)/agent/VirtualDomain: USES := Core Libvirt Host
$(OUT)/agent/VirtualDomain: src/HaAgent/HaAgent.csproj $(SOURCES) | needs-build
	$(PUBLISH)

$(OUT)/haagent/haagent: USES := Core Cluster Libvirt Host
$(OUT)/haagent/haagent: src/HaAgent.Cli/HaAgent.Cli.csproj $(SOURCES) | needs-build
	$(PUBLISH)

# After the executables: it builds the same projects, for this machine.
$(MANUAL): $(OUT)/agent/VirtualDomain $(OUT)/haagent/haagent
	$(DOTNET) build src/HaAgent.Manual/HaAgent.Manual.csproj -c Release -v q -nologo -o $(OUT)/manual
	rm -rf $(OUT)/man
	$(OUT)/manual/haagent-manual $(OUT)/man

$(OUT)/haagent.cdx.json: packaging/sbom $(OUT)/agent/VirtualDomain $(OUT)/haagent/haagent
	packaging/sbom $(OUT)/assets/*.json > $@.new && mv $@.new $@

install: build ## install into DESTDIR/PREFIX
	install -d $(DESTDIR)$(PREFIX)/lib/ocf/resource.d/haagent $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8
	$(INSTALL_PROGRAM) $(OUT)/agent/VirtualDomain $(DESTDIR)$(PREFIX)/lib/ocf/resource.d/haagent/VirtualDomain
	$(INSTALL_PROGRAM) $(OUT)/haagent/haagent $(DESTDIR)$(SBINDIR)/haagent
	install -m 644 $(OUT)/man/man7/* $(DESTDIR)$(MANDIR)/man7/
	install -m 644 $(OUT)/man/man8/* $(DESTDIR)$(MANDIR)/man8/
	install -D -m 644 packaging/bash-completion/haagent $(DESTDIR)$(PREFIX)/share/bash-completion/completions/haagent
	install -D -m 644 packaging/systemd/50-haagent.conf $(DESTDIR)$(PREFIX)/lib/systemd/system/resource-agents-deps.target.d/50-haagent.conf
	install -D -m 644 $(OUT)/haagent.cdx.json $(DESTDIR)$(DOCDIR)/haagent.cdx.json

dist: build ## make the sources of a package, NuGet packages included, in out/dist
	@rm -rf $(OUT)/dist
	packaging/dist $(OUT)/dist $(ARCH) $(OUT)/assets/*.json

rpm: dist ## build the RPM packages from them, without network, in out/rpm
	@tests/needs rpm
	packaging/build-rpm $(OUT)/dist $(OUT)/rpm

deb: dist ## build the Debian packages from this build, in out/deb
	@tests/needs deb
	packaging/build-deb $(OUT) $(OUT)/deb

test: build ## install what the tests need, and run every test
	@tests/needs build bindings node cluster rpm deb shells
	@tests/run

test-rpm: rpm ## install, upgrade and remove the RPM package with a real zypper, in the lab
	@tests/needs node cluster
	@tests/packages/rpm

test-deb: deb ## the same for the Debian package, and what crm, pcs and the shell's completion make of it
	@tests/needs node cluster shells
	@tests/packages/deb

# Of the nodes: this machine's, or with ROOT=trixie that of Debian 13.
ROOT ?= $(HAAGENT_LAB_ROOT)
test-vm: deb ## the guide's lock storage on two virtual machines with systemd, SBD, DLM and a real volume
	@tests/needs vmlab
	@DIST=$(DIST) FS=$(FS) tests/vmlab/test

demo: install-tree ## do the guide's chapter with haagent on a real cluster on this machine (ROOT=trixie: of Debian 13)
	@HAAGENT_LAB_ROOT=$(ROOT) tests/lab/demo $(OUT)/tree

lab-shell: install-tree ## bring that cluster up and leave it up, to play with
	@HAAGENT_LAB_ROOT=$(ROOT) tests/lab/play $(OUT)/tree

# What the lab lays over its nodes: an installation as `make install` makes it, or, with FROM=deb, what the Debian package holds.
FROM ?= build
install-tree: $(FROM)
	@tests/needs build node cluster
	@rm -rf $(OUT)/tree
ifeq ($(FROM),deb)
	@dpkg-deb -x $(OUT)/deb/haagent_*.deb $(OUT)/tree
else
	@$(MAKE) --no-print-directory install DESTDIR=$(OUT)/tree PREFIX=/usr > /dev/null
endif

bench: build ## measure the agent against its bars (a C client, the bash agent)
	@tests/needs node bench
	bench/run

clean: ## remove everything that was built
	rm -rf out src/*/bin src/*/obj tests/*/bin tests/*/obj
