package io.waybill.transfer.file;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A commit group: 250 files of 4 KiB in three directories, over those of the time before. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Groups {
  private static final int FILES = 250;

  private final List<SmallFile> files = new ArrayList<>();
  private final Random random = new Random(1);
  private GroupWriter writer;

  @Setup
  public void open() throws IOException {
    // it goes with the run's
    DirectoryHandle root = DirectoryHandle.open(Files.createTempDirectory("waybill-jmh"));
    writer = new GroupWriter(root, 0777, LooseNames.random());
    Optional<Instant> modified = Optional.of(Instant.ofEpochSecond(1_700_000_000));
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = new byte[4096];
      random.nextBytes(bytes);
      files.add(
          new SmallFile(
              "d" + i % 3 + "/file-" + i,
              ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(),
              modified,
              OptionalInt.of(0644),
              TargetPolicy.REPLACE));
    }
  }

  @Benchmark
  public List<GroupOutcome> publish250() throws IOException {
    List<GroupOutcome> outcomes = writer.write(files, Verification.SIZE);
    for (GroupOutcome outcome : outcomes) {
      if (!(outcome instanceof GroupOutcome.Published)) {
        throw new IOException(outcome.toString());
      }
    }
    return outcomes;
  }

  @TearDown
  public void close() throws IOException {
    writer.close();
  }
}
