package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that runs servers of the system's packages on loopback while a test class runs.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final RealServers SERVERS =
 *     RealServers.script(Path.of("src/test/servers/vsftpd.sh"))
 *         .needing("vsftpd", "openssl")
 *         .listeningOn("FTP", "FTPS");
 * }</pre>
 *
 * <p>The script is called as {@code script start}, and {@code script stop} at the end. Its
 * environment says where its state belongs ({@code SERVERS_DIR}, an empty directory that is deleted
 * afterwards), which free ports to take ({@code PORT_FTP}, ...) and what {@code PASSWORD} its users
 * have. Such tests run only when asked for, so what is missing makes them fail, not skip.
 */
public final class RealServers implements BeforeAllCallback, AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path script;
  private final List<String> commands;
  private final List<String> portNames;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final String password = randomPassword();
  private @Nullable Path directory;

  private RealServers(Path script, List<String> commands, List<String> portNames) {
    this.script = script;
    this.commands = commands;
    this.portNames = portNames;
  }

  /** Names the script, relative to the module's directory. */
  public static RealServers script(Path script) {
    return new RealServers(requireNonNull(script, "script"), List.of(), List.of());
  }

  /** Returns these servers with the commands (names in the path, or files) that must be there. */
  public RealServers needing(String... required) {
    return new RealServers(script, List.of(required), portNames);
  }

  /** Returns these servers with names for their ports, as the script knows them. */
  public RealServers listeningOn(String... names) {
    return new RealServers(script, commands, List.of(names));
  }

  /** Returns the port of that name on 127.0.0.1. */
  public int port(String name) {
    Integer port = ports.get(name);
    if (port == null) {
      throw new IllegalArgumentException("no port " + name + " among " + ports.keySet());
    }
    return port;
  }

  /** Returns the password of the servers' users, made up for this run. */
  public String password() {
    return password;
  }

  /** Returns the directory that holds the servers' state, logs and files. */
  public Path directory() {
    return requireNonNull(directory, "the servers have not been started");
  }

  /**
   * Calls the script with another verb that it knows, while the servers run.
   *
   * @throws IOException with what it printed, if it fails
   */
  public void tell(String verb) throws IOException, InterruptedException {
    call(verb);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    requireRootAndCommands();
    Path state = Files.createTempDirectory("waybill-servers");
    directory = state;
    chooseFreePorts();
    try {
      call("start");
      for (String name : portNames) {
        awaitPort(name);
      }
    } catch (IOException | RuntimeException | InterruptedException e) {
      try {
        afterAll(context);
      } catch (IOException | RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
    Path state = directory;
    if (state == null) {
      return;
    }
    try {
      call("stop");
    } finally {
      deleteTree(state);
      directory = null;
    }
  }

  private void requireRootAndCommands() throws IOException {
    List<String> missing = new ArrayList<>();
    for (String command : commands) {
      if (!isThere(command)) {
        missing.add(command);
      }
    }
    boolean isRoot =
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    if (!isRoot || !missing.isEmpty()) {
      throw new IllegalStateException(
          script.getFileName()
              + (isRoot ? "" : " needs root; run the tests as root")
              + (missing.isEmpty() ? "" : " needs " + missing + "; install the packages"));
    }
  }

  private static String randomPassword() {
    byte[] random = new byte[12];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static boolean isThere(String command) {
    Stream<String> directories =
        Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
            Stream.of("/usr/sbin", "/sbin"));
    return directories.anyMatch(dir -> Files.isExecutable(Path.of(dir).resolve(command)));
  }

  /** Holds all ports open at once, so that no two are the same. */
  private void chooseFreePorts() throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (String name : portNames) {
        ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(free);
        ports.put(name, free.getLocalPort());
      }
    } finally {
      closeAll(held);
    }
  }

  private static void closeAll(Collection<ServerSocket> sockets) throws IOException {
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  private void call(String verb) throws IOException, InterruptedException {
    Path log = directory().resolve("script-" + verb + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(script.toAbsolutePath().toString(), verb)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("SERVERS_DIR", directory().toString());
    environment.put("PASSWORD", password);
    ports.forEach(
        (name, port) ->
            environment.put("PORT_" + name.toUpperCase(Locale.ROOT), Integer.toString(port)));
    Process process = builder.start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(script + " " + verb + " did not end within " + PATIENCE);
    }
    if (process.exitValue() != 0) {
      throw new IOException(script + " " + verb + " failed:\n" + Files.readString(log, UTF_8));
    }
  }

  private void awaitPort(String name) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(name)), 1_000);
        return;
      } catch (IOException notYet) {
        if (System.nanoTime() > deadline) {
          throw new IOException("nothing listens on port " + name + ". Logs:\n" + logs(), notYet);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private String logs() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(directory())) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".log") || name.endsWith(".out")) {
          text.append("--- ").append(name).append('\n').append(Files.readString(file, UTF_8));
        }
      }
    }
    return text.toString();
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      tree.sorted((a, b) -> b.compareTo(a)).forEach(RealServers::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
