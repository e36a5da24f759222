package io.waybill.transfer.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Digest.Algorithm;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far back digests go without a look at the source, and that they stay right. */
class SentDigestsTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCK = 200_000;
  private static final Set<Algorithm> BOTH =
      new LinkedHashSet<>(List.of(Algorithm.SHA_256, Algorithm.CRC32C));

  @TempDir Path directory;
  private final byte[] content = new byte[5 * MIB + 17];
  private final List<Long> reads = new ArrayList<>();
  private UploadSource source;
  private SentDigests sent;

  @BeforeEach
  void open() throws IOException {
    new Random(1).nextBytes(content);
    source = new Told(LocalSource.open(Files.write(directory.resolve("a"), content)), reads);
    sent = new SentDigests(source);
  }

  @AfterEach
  void close() {
    source.close();
  }

  private void send(int from, int to) {
    for (int at = from; at < to; at += BLOCK) {
      byte[] block = Arrays.copyOfRange(content, at, Math.min(to, at + BLOCK));
      sent.update(block, 0, block.length);
    }
  }

  private void assertAllSent() {
    List<Digest> expected =
        BOTH.stream()
            .map(
                each -> {
                  PlainDigest digest = new PlainDigest(each);
                  digest.update(content, 0, content.length);
                  return digest.digest();
                })
            .toList();
    assertThat(sent.finish()).isEqualTo(expected);
  }

  @Test
  void aTargetThatLostALittleCostsAMiBAtMost() throws IOException {
    sent.start(BOTH);
    send(0, 4 * MIB);
    for (int back : new int[] {3 * MIB + 500_000, 3 * MIB - 1, 70_000}) {
      reads.clear();
      assertThat(sent.resume(BOTH, back, 65_536))
          .isEqualTo(Arrays.copyOfRange(content, back - 65_536, back));
      assertThat(reads).hasSize(1);
      assertThat(reads.get(0)).isBetween(65_536L, MIB + 2L * BLOCK);
      send(back, back + MIB);
      sent.resume(BOTH, back, 1);
      send(back, 4 * MIB);
    }
    send(4 * MIB, content.length);
    assertAllSent();
  }

  @Test
  void whatAnotherProcessSentIsReadOnce() throws IOException {
    assertThat(sent.resume(BOTH, 4 * MIB, 9))
        .isEqualTo(Arrays.copyOfRange(content, 4 * MIB - 9, 4 * MIB));
    assertThat(reads).containsExactly(4L * MIB);
    send(4 * MIB, content.length);
    assertAllSent();
  }

  @Test
  void otherDigestsAreComputedFromTheBegin() throws IOException {
    sent.start(Set.of());
    send(0, 2 * MIB);
    sent.resume(Set.of(), 2 * MIB, 100);
    assertThat(reads).containsExactly(100L); // nothing is computed, only the tail is told
    sent.resume(BOTH, 2 * MIB, 100);
    assertThat(reads).containsExactly(100L, 2L * MIB);
    send(2 * MIB, content.length);
    assertAllSent();
  }

  @Test
  void itBeginsAgain() {
    sent.start(BOTH);
    send(0, 3 * MIB);
    sent.start(BOTH);
    send(0, content.length);
    assertAllSent();
    assertThat(reads).isEmpty();
  }

  /** Tells how much is read. */
  private record Told(UploadSource source, List<Long> reads) implements UploadSource {
    @Override
    public void read(long from, long to, ByteSink sink) throws IOException {
      reads.add(to - from);
      source.read(from, to, sink);
    }

    @Override
    public SourceIdentity identity() {
      return source.identity();
    }

    @Override
    public OptionalInt mode() {
      return source.mode();
    }

    @Override
    public Location location() {
      return source.location();
    }

    @Override
    public String place() {
      return source.place();
    }

    @Override
    public ByteSupply from(long offset) {
      return source.from(offset);
    }

    @Override
    public Digest digest(Algorithm algorithm) {
      return source.digest(algorithm);
    }

    @Override
    public void requireUnchanged() {
      source.requireUnchanged();
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
