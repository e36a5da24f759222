package io.waybill.transfer.file;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The journal of a part file: 32 chunks noted, then written and forced, as every 32 MiB. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Journals {
  private static final int CHUNKS = 32;

  private final byte[] leaf = new byte[TreeHash.HASH_BYTES];
  private DirectoryHandle directory;
  private PartJournal journal;

  @Setup
  public void open() throws IOException {
    // it goes with the run's
    directory = DirectoryHandle.open(Files.createTempDirectory("waybill-jmh"));
    ChunkLayout layout = ChunkLayout.of(1L << 30);
    SourceIdentity source =
        new SourceIdentity(layout.sizeBytes(), Optional.empty(), Optional.empty());
    journal = PartJournal.lock(directory, PartName.of("file", source, "here"), layout);
  }

  @Setup(Level.Iteration)
  public void reset() throws IOException {
    journal.reset(); // or it would grow for ever
  }

  @Benchmark
  public void append32() throws IOException {
    for (int i = 0; i < CHUNKS; i++) {
      journal.note(i, i, leaf);
    }
    journal.commit(journal.take());
  }

  @TearDown
  public void close() throws IOException {
    journal.close();
    directory.close();
  }
}
