package io.waybill.jobs.cli;

import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads what verbs load, for the launcher, which makes its class-data archive from what was loaded:
 * all classes of ours, and what the platform makes up while a job file is read, and files go to a
 * server of this process and back, in the clear and over TLS. All in one process: a JVM of Java 17
 * that is given the joined lists of several crashes.
 */
final class ClassTour {
  private static final String USER = "tour";
  private static final String KEY = "of nobody at all";
  private static final int SMALL = 3;
  private static final int LARGE_BYTES = 3 << 20;

  private final Path directory;

  private ClassTour(Path directory) {
    this.directory = directory;
  }

  /**
   * Goes round.
   *
   * @param arguments a directory, which is made, and can be deleted afterwards; a job file
   */
  public static void main(String[] arguments) throws Exception {
    for (String jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (Path.of(jar).getFileName().toString().startsWith("waybill-")) {
        loadAll(jar);
      }
    }
    new ClassTour(Files.createDirectories(Path.of(arguments[0]))).copy();
    run("validate", "-c", arguments[1]); // last: it may be one that somebody is just writing
  }

  private static void loadAll(String jar) throws IOException {
    try (JarFile file = new JarFile(jar)) {
      List<String> names =
          file.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")).toList();
      for (String name : names) {
        load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
      }
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, ClassTour.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return; // needs a jar that only the demo has, and is left out of the archive
    }
  }

  private void copy() throws IOException {
    Path tree = Files.createDirectory(directory.resolve("tree"));
    for (int i = 0; i < SMALL; i++) {
      Files.writeString(tree.resolve("small-" + i), "small");
    }
    Files.write(tree.resolve("large"), new byte[LARGE_BYTES]);
    Path key = Files.writeString(directory.resolve("key"), KEY);
    if (key.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }
    Identity own =
        Identity.loadOrMake(directory.resolve("identity"), "tour.invalid", InstantSource.system());
    copy(tree, "clear", server().plaintext(), List.of("--plaintext"));
    copy(tree, "tls", server().identity(own), List.of("--pin", own.pin().toString()));
  }

  private TransferServer.Builder server() throws IOException {
    return TransferServer.builder(Files.createDirectories(directory.resolve("served")))
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .user(USER, () -> KEY);
  }

  private void copy(Path tree, String name, TransferServer.Builder builder, List<String> options) {
    try (TransferServer server = builder.build().start()) {
      String there = "waybill://" + USER + "@127.0.0.1:" + server.port() + "/" + name;
      copy(options, tree.resolve("large").toString(), there);
      copy(options, tree + "/", there + "-tree/");
      copy(options, there + "-tree/", directory.resolve("back-" + name) + "/");
      copy(options, there, directory.resolve("back-" + name + "-large").toString());
    }
  }

  private void copy(List<String> options, String from, String to) {
    List<String> line =
        new ArrayList<>(List.of("--state", directory.resolve("state").toString(), "copy"));
    line.addAll(List.of("--key-file", directory.resolve("key").toString()));
    line.addAll(options);
    line.addAll(List.of(from, to));
    run(line.toArray(String[]::new));
  }

  private static void run(String... line) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    int code = new Cli(nowhere, nowhere, Map.of()).run(line);
    if (code != ExitCode.OK.number()) {
      throw new IllegalStateException("exit code " + code + " of " + String.join(" ", line));
    }
  }
}
