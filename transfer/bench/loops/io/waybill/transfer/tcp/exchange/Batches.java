package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A batch of 250 files of 4 KiB: packed, with the root of each, and taken apart. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Batches {
  private static final int FILES = 250;
  private static final int BYTES = 4096;

  private final byte[] content = new byte[BYTES];
  private final Optional<Instant> modified = Optional.of(Instant.ofEpochSecond(1_700_000_000));
  private final OptionalInt mode = OptionalInt.of(0644);
  private final BatchBuilder builder =
      new BatchBuilder(ByteBuffer.allocateDirect(BatchBuilder.BUFFER_BYTES));
  private Wire.Bulk packed;

  @Setup
  public void fill() {
    new Random(1).nextBytes(content);
    packed = pack(new BatchBuilder(ByteBuffer.allocateDirect(BatchBuilder.BUFFER_BYTES)));
  }

  private Wire.Bulk pack(BatchBuilder into) {
    for (int i = 0; i < FILES; i++) {
      ByteBuffer room = into.room(BYTES);
      room.put(content).flip();
      into.add(
          new Batch.Item(
              "d" + i % 3 + "/file-" + i,
              false,
              0,
              modified,
              mode,
              Optional.of(TreeHash.rootOfSmall(room)),
              room));
    }
    return into.finish(TargetPolicy.SKIP_EQUAL, Verification.DIGEST);
  }

  @Benchmark
  public Wire.Bulk pack250() {
    return pack(builder);
  }

  @Benchmark
  public Batch read250() throws WireException {
    return Batch.read(packed.head(), packed.body());
  }
}
