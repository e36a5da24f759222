package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.discovery.ServiceAnnouncement;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill serve DIR}: the receiving end, until a signal ends it. */
@Command(
    name = "serve",
    description = {
      "Serves a directory to the users of the users file, over TLS, until Ctrl-C; then it lets transfers under way finish.",
      "\"waybill serve user add NAME\" makes a user."
    },
    subcommands = ServeUserCommand.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeCommand extends Verb {
  static final String SCHEMA = "waybill.serve/1";
  static final int PORT = 7400;
  private static final String CERTIFICATE = "--certificate PEM --certificate-key PEM";

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "What is served.")
  private @Nullable Path directory;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen; 0.0.0.0:7400 if not given, with --plaintext 127.0.0.1:7400.")
  private String listen = "";

  @Option(
      names = "--drain",
      paramLabel = "DURATION",
      description = "How long transfers may go on after the first signal; 30s if not given.")
  private String drain = "30s";

  @Option(
      names = "--announce",
      description = "Announce it on the local network, for \"waybill probe --discover\".")
  private boolean announce;

  @Mixin private ServeUsersOption users;
  @Mixin private ServeOptions serve;

  @Override
  ExitCode execute() throws Exception {
    Path root = root();
    Duration patience = CopyOptions.duration("--drain", drain);
    Path usersFile = users.file(stateDirectory());
    List<String> names = users.names(usersFile, options().state());
    Optional<Identity> identity = serve.identity(stateDirectory(), InstantSource.system());
    Optional<String> withKey = ServeUsersOption.oneWithKey(usersFile);
    if (identity.isEmpty() && withKey.isEmpty()) {
      throw new JobException.Configuration(
          "nobody could log in: all users in %s have certificates, which need TLS; leave out --plaintext, or add a user with a key"
              .formatted(usersFile));
    }
    InetSocketAddress address =
        ListenAddress.parse(
            listen.isEmpty() ? String.valueOf(PORT) : listen,
            identity.isPresent() ? "0.0.0.0" : "127.0.0.1",
            PORT);
    Signals signals = Signals.listen();
    try (TransferServer server =
        serve
            .builder(root, identity)
            .bind(address)
            .users(users.users(usersFile))
            .tap(tap())
            .build()) {
      start(server);
      if (announce && address.getAddress().isLoopbackAddress()) {
        output()
            .note(
                "waybill: warning: --announce tells the network of a server that only this machine can reach; leave it out, or --listen elsewhere");
      }
      Optional<Pin> pin = identity.map(Identity::pin);
      try (@Nullable ServiceAnnouncement announcement = announced(server.port(), pin)) {
        Map<String, Object> form = form(root, address, server.port(), pin, withKey, names);
        output().result(SCHEMA, form, out -> print(form, names, out));
        ExitCode code = signals.await();
        output()
            .note(
                "waybill: ending; transfers under way have "
                    + drain
                    + ", a second signal cuts them off");
        if (announcement != null) {
          announcement.close();
        }
        if (!server.drain(patience)) {
          output()
              .note(
                  "waybill: what was not finished was cut off; its sender goes on when the server is back");
        }
        return code;
      }
    }
  }

  private Path root() {
    Path root = directory;
    if (root == null) {
      throw new JobException.Configuration(
          "say what to serve: waybill serve DIR, or \"waybill serve user --help\" for its users");
    }
    if (!Files.isDirectory(root)) {
      throw new JobException.NotFound("there is no directory " + root + "; make it first");
    }
    return root;
  }

  private static void start(TransferServer server) {
    try {
      server.start();
    } catch (TransferException.Connection e) {
      throw e.getCause() instanceof BindException refused
          ? new TransferException.Connection(e.endpoint(), e.getMessage() + next(refused), e)
          : e;
    }
  }

  // the system's own words, which Java passes on
  private static String next(BindException refused) {
    String why = String.valueOf(refused.getMessage());
    return why.contains("Cannot assign")
        ? "; that is no address of this machine, so name one of its own with --listen"
        : why.contains("in use")
            ? "; end the program that listens there, or name another port with --listen"
            : "; name another address or port with --listen";
  }

  private @Nullable ServiceAnnouncement announced(int port, Optional<Pin> pin) {
    if (!announce) {
      return null;
    }
    try {
      return ServiceAnnouncement.start(hostName(), port, pin);
    } catch (IOException e) {
      throw new TransferException.Connection(
          "_waybill._tcp.local.",
          "Cannot announce the server on the local network: "
              + e.getMessage()
              + "; leave --announce out",
          e);
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static Map<String, Object> form(
      Path root,
      InetSocketAddress address,
      int port,
      Optional<Pin> pin,
      Optional<String> withKey,
      List<String> names) {
    boolean isEverywhere = address.getAddress().isAnyLocalAddress();
    String host = isEverywhere ? hostName() : address.getAddress().getHostAddress();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("directory", root.toAbsolutePath().normalize().toString());
    form.put("address", address.getAddress().getHostAddress());
    form.put("port", (long) port);
    form.put("tls", pin.isPresent());
    pin.ifPresent(value -> form.put("pin", value.toString()));
    form.put("users", names);
    form.put(
        "copy",
        "waybill copy FILE waybill://%s@%s:%d/ %s %s"
            .formatted(
                withKey.orElse(names.get(0)),
                shown,
                port,
                withKey.map(ServeCommand::keyFile).orElse(CERTIFICATE),
                pin.map(value -> "--pin " + value).orElse("--plaintext")));
    return form;
  }

  private static String keyFile(String user) {
    return "--key-file " + (UserKeys.isName(user) ? user + ".key" : "KEY-FILE");
  }

  private static void print(Map<String, Object> form, List<String> names, PrintStream out) {
    out.printf("serving  %s%n", form.get("directory"));
    out.printf("address  %s:%s%n", form.get("address"), form.get("port"));
    out.printf("pin      %s%n", form.getOrDefault("pin", "none: no TLS, files travel in clear"));
    out.printf("users    %s%n", String.join(", ", names));
    out.println("send     " + form.get("copy"));
    out.println("Ctrl-C ends it when the transfers under way are done.");
  }
}
