package io.waybill.transfer.file;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Somebody else who writes in the same directory: locks do not count within one process. */
final class OtherProcess implements AutoCloseable {
  private static final int GROUPS = 200;
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

  /** Writes groups of files over and over, of sources from long ago. */
  static OtherProcess writingGroups(Path directory) throws IOException {
    return new OtherProcess("groups", directory);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it says in the end. */
  String result() throws IOException {
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
    System.out.println("ready");
    int published = 0;
    int swept = 0;
    try (GroupWriter writer =
        new GroupWriter(DirectoryHandle.open(where), 0777, LooseNames.random())) {
      for (int i = 0; i < GROUPS; i++) {
        for (GroupOutcome each : writer.write(group(), Verification.DIGEST)) {
          if (each instanceof GroupOutcome.Published) {
            published++;
          } else if (each instanceof GroupOutcome.Failed failed && isNotRenaming(failed.cause())) {
            swept++; // before it was locked, as the sweep's clock is wrong
          } else {
            throw new IOException("not published: " + each);
          }
        }
      }
    }
    System.out.println(published > 0 && published + swept == 20 * GROUPS ? "all" : "some");
  }

  private static boolean isNotRenaming(IOException failure) {
    return failure instanceof PartFileBusyException
        || (failure instanceof NoSuchFileException gone && gone.getOtherFile() == null);
  }

  private static List<SmallFile> group() {
    return IntStream.range(0, 20)
        .mapToObj(
            i ->
                new SmallFile(
                    "f" + i,
                    ByteBuffer.wrap(new byte[1000]),
                    Optional.of(Instant.EPOCH),
                    OptionalInt.empty(),
                    TargetPolicy.REPLACE))
        .toList();
  }
}
