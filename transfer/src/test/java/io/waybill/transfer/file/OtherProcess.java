package io.waybill.transfer.file;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody else who writes in the same directory: locks do not count within one process. */
final class OtherProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private OtherProcess(String what, Path where) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                what,
                where.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String first = out.readLine();
    if (!"ready".equals(first)) {
      throw new IOException("the other process says " + first);
    }
  }

  /** Locks a file until it is closed. */
  static OtherProcess locking(Path file) throws IOException {
    return new OtherProcess("lock", file);
  }

  /** Begins to write a group of two files of long ago; the first is filled. */
  static OtherProcess writingGroup(Path directory) throws IOException {
    return new OtherProcess("group", directory);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Lets it go on, and returns what it says in the end. */
  String goOn() throws IOException {
    process.getOutputStream().close();
    return String.valueOf(out.readLine());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path where = Path.of(arguments[1]);
    if (arguments[0].equals("lock")) {
      try (FileChannel file = FileChannel.open(where, StandardOpenOption.WRITE)) {
        System.out.println(file.tryLock() == null ? "taken" : "ready");
        Thread.currentThread().join();
      }
    }
    AtomicInteger made = new AtomicInteger();
    LooseNames names =
        target -> {
          if (made.getAndIncrement() == 1) {
            System.out.println("ready");
            untilTold();
          }
          return LooseNames.random().next(target);
        };
    try (GroupWriter writer = new GroupWriter(DirectoryHandle.open(where), 0777, names)) {
      System.out.println(writer.write(List.of(file("a"), file("b")), Verification.DIGEST));
    }
  }

  private static void untilTold() {
    try {
      int end = System.in.read();
      if (end >= 0) {
        throw new IllegalStateException("told " + end);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SmallFile file(String name) {
    return new SmallFile(
        name,
        ByteBuffer.wrap(new byte[1000]),
        Optional.of(Instant.EPOCH),
        OptionalInt.empty(),
        TargetPolicy.REPLACE);
  }
}
