package io.waybill.jobs.cli;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.jobs.probe.EndpointProbe;
import io.waybill.jobs.probe.ProbeStep;
import io.waybill.jobs.probe.ServerProbe;
import io.waybill.jobs.step.LinkOptions;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.jobs.step.Way;
import io.waybill.transfer.discovery.ServiceDiscovery;
import io.waybill.transfer.proxy.ProxyServer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill probe URI}: what there is at the other end, step by step. */
@Command(
    name = "probe",
    description =
        "Looks at a server step by step: name, connection, TLS or host key and whether it is trusted, then, if there is something to log in with, login, features, round trip, and what can only be seen by writing if that is asked for; or lists the waybill servers that announce themselves.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ProbeCommand extends Verb {
  static final String SCHEMA = "waybill.probe/1";
  private static final String NOBODY =
      "no user, or nothing to log in with, is given; write USER@ before the host, and --key-file or --key-env";

  @Parameters(
      arity = "0..1",
      paramLabel = "URI",
      description =
          "waybill://, ftp://, ftps://, sftp://, http:// or https://[user@]host[:port]/directory, or CONNECTION:/ of the job file.")
  private @Nullable String uri;

  @Option(
      names = "--discover",
      description = "List the servers that announce themselves on the local network.")
  private boolean discover;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "How long to listen for them; 3s if not given.")
  private String patience = "3s";

  @Option(
      names = "--write",
      description =
          "Write small temporary files too, and delete them: how far the server's clock is off, what a rename does, whether times are kept.")
  private boolean writes;

  @Option(
      names = "--throughput",
      description =
          "Send a temporary file too and fetch it back; it is deleted at the end. Means --write as well.")
  private boolean throughput;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      description = "The size of that file; 64MiB if not given.")
  private String size = "64MiB";

  @Mixin private ServerOptions server;
  @Mixin private LoginOptions login;

  @Override
  ExitCode execute() throws Exception {
    if (discover && uri != null) {
      throw new JobException.Configuration(
          "--discover and a server to look at exclude each other: leave out --discover, or \"%s\""
              .formatted(Locations.masked(uri)));
    }
    if (!discover && uri == null) {
      throw new JobException.Configuration(
          "say what to look at: waybill probe waybill://user@host/, or --discover");
    }
    return uri == null ? discover() : probe(uri);
  }

  private ExitCode discover() throws IOException, InterruptedException {
    List<Map<String, Object>> servers =
        ServiceDiscovery.find(CopyOptions.duration("--for", patience)).stream()
            .map(DiscoverForm::of)
            .toList();
    output()
        .results(
            DiscoverForm.SCHEMA,
            DiscoverForm.LIST_SCHEMA,
            "servers",
            servers,
            out -> DiscoverForm.print(servers, out));
    return ExitCode.OK;
  }

  private ExitCode probe(String text) {
    login.environment(cli().environment());
    login.mayBeMissing();
    Place.Remote place =
        new Locations(
                this::configurationIfAny,
                login,
                server,
                warning -> output().note("waybill: warning: " + warning))
            .remote(text);
    OptionalLong bytes =
        throughput ? OptionalLong.of(CopyOptions.bytes("--size", size)) : OptionalLong.empty();
    List<Map<String, Object>> steps = new ArrayList<>();
    boolean isHuman = output().format() == OutputFormat.HUMAN;
    CancelScope scope = new CancelScope();
    Consumer<ProbeStep> listener =
        step -> {
          steps.add(plain(step));
          if (isHuman) {
            print(step, cli().out());
          }
        };
    Optional<RuntimeException> failure;
    try (Interrupts interrupts =
        Interrupts.cancelling(() -> scope.cancel(CancelScope.Cause.CANCELLED))) {
      failure = look(place, scope, bytes, listener);
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("target", place.connection().host() + ":" + place.connection().port());
    form.put("ok", failure.isEmpty());
    form.put("steps", steps);
    if (failure.isEmpty() && login.isMissing()) {
      form.put("login", NOBODY);
      if (isHuman) {
        cli().out().println("login       not tried: " + NOBODY);
      }
    }
    failure.ifPresent(e -> form.put("error", Trouble.form(e)));
    output().result(SCHEMA, form, out -> {});
    return failure
        .map(e -> Trouble.report(e, cli().err(), options().isDebug()))
        .orElse(ExitCode.OK);
  }

  private Optional<RuntimeException> look(
      Place.Remote place, CancelScope scope, OptionalLong bytes, Consumer<ProbeStep> listener) {
    Optional<ProxyServer> own = Way.proxyOf(place.connection());
    ScopedSockets sockets = own.isPresent() ? new ScopedSockets(own) : sockets();
    if (place.connection() instanceof Connection.Hub hub) {
      return new ServerProbe(hub, sockets, tap(), listener)
          .run(scope, place.path(), !login.isMissing(), writes || throughput, bytes);
    }
    try (PlaceFiles files =
        new PlaceFiles(
            PlaceVerb.services(Configuration.empty().connections(), sockets, tap()),
            scope,
            LinkOptions.USUAL)) {
      return new EndpointProbe(place, files, sockets.apply(scope), listener)
          .run(!login.isMissing(), writes || throughput, bytes);
    }
  }

  private static Map<String, Object> plain(ProbeStep step) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("name", step.name());
    plain.put("ok", step.failure().isEmpty());
    plain.put("micros", step.took().toNanos() / 1000);
    plain.putAll(step.facts());
    step.failure().ifPresent(e -> plain.put("why", String.valueOf(e.getMessage())));
    return plain;
  }

  private static void print(ProbeStep step, PrintStream out) {
    out.printf(
        "%-11s %-6s %s%n",
        step.name(), step.failure().isEmpty() ? "ok" : "FAILED", RunPrinter.millis(step.took()));
    step.facts().forEach((name, value) -> fact(name, value, out));
  }

  private static void fact(String name, Object value, PrintStream out) {
    if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Map) {
      for (Object each : list) {
        out.println("  " + name + ":");
        ((Map<?, ?>) each)
            .forEach((key, inner) -> out.println("    " + key + " " + Output.printable(inner)));
      }
      return;
    }
    String text =
        value instanceof Long number && name.endsWith("bytes-per-second")
            ? RunPrinter.size(number) + "/s"
            : value instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : String.valueOf(value);
    out.println("  " + name + " " + Output.printable(text));
  }
}
