package io.waybill.transfer.tcp.exchange;

import static io.waybill.transfer.tcp.wire.ScriptedPeer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Integrity;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameReader;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.ScriptedPeer;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is handed on of chunks that come in any order and form, also of those that lie. */
class OrderedChunksTest {
  private static final int CHUNK = 1 << 20;

  private final BufferBudget buffers = new BufferBudget(64 << 20);
  private final ScriptedPeer peer = new ScriptedPeer(new byte[0]);
  private final Wire wire = new Wire(peer.connection, buffers);
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

  @AfterEach
  void everyBufferIsGivenBack() throws IOException {
    wire.close();
    assertThat(buffers.usedBytes()).isZero();
  }

  @Test
  void chunksThatComeInAnyOrderAndFormAreHandedOnInTheirs() throws IOException {
    byte[] content = content(4 * CHUNK + 9);
    System.arraycopy(new byte[CHUNK], 0, content, CHUNK, CHUNK);
    ChunkLeaves leaves = new ChunkLeaves(5);
    try (OrderedChunks chunks = chunks(content, leaves)) {
      chunks.put(wire, plain(content, 4));
      chunks.put(wire, packed(content, 2, 0));
      chunks.put(wire, frame(FrameType.ZERO, 1, CHUNK, ByteBuffer.allocate(0), 0, true));
      chunks.put(wire, plain(content, 0));
      assertThat(statuses()).isEmpty(); // there is no credit for what was not handed on
      assertThat(handOn(chunks, 0)).isTrue();
      assertThat(handOn(chunks, 1)).isTrue();
      assertThat(statuses()).containsExactly(0, 0);
      chunks.put(wire, plain(content, 3));
      for (int i = 2; i < 5; i++) {
        assertThat(handOn(chunks, i)).isTrue();
      }
      assertThat(taken.toByteArray()).isEqualTo(content);
      assertThat(chunks.compare(commit(content)).holds()).isTrue();
      byte[] other = content.clone();
      other[7] ^= 1;
      assertThat(chunks.compare(commit(other)).holds()).isFalse();
    }
    assertThat(statuses()).containsExactly(0, 0, 0, 0, 0);
  }

  @Test
  void oneThatArrivedDamagedIsAskedForAgain() throws IOException {
    byte[] content = content(2 * CHUNK);
    try (OrderedChunks chunks = chunks(content, new ChunkLeaves(2))) {
      ByteBuffer bytes = chunk(content, 0);
      chunks.put(wire, frame(0, 0, CHUNK, bytes, ChunkContent.crc32c(bytes), false));
      assertThat(statuses()).containsExactly(ChunkReceiver.STATUS_DAMAGED);
      chunks.put(wire, packed(content, 0, 1));
      assertThatExceptionOfType(LostException.class)
          .isThrownBy(() -> chunks.handOn(0, wire, Duration.ofMillis(1), () -> true, this::take))
          .withMessageContaining("waiting for chunk 0");
      assertThat(taken.size()).isZero();
      chunks.put(wire, plain(content, 0));
      assertThat(handOn(chunks, 0)).isTrue();
    }
    assertThat(statuses())
        .containsExactly(ChunkReceiver.STATUS_DAMAGED, ChunkReceiver.STATUS_DAMAGED, 0);
  }

  @Test
  void whatIsHeldIsBounded() throws IOException {
    byte[] content = content(34 * CHUNK);
    try (OrderedChunks chunks = chunks(content, new ChunkLeaves(34))) {
      for (int i = 1; i <= 32; i++) {
        chunks.put(wire, plain(content, i));
      }
      violates(() -> chunks.put(wire, plain(content, 33)));
      assertThat(buffers.usedBytes()).isEqualTo(Limits.WINDOW_LIMIT_BYTES);
    }
    assertThat(statuses()).hasSize(32).containsOnly(ChunkReceiver.STATUS_ENDED);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    byte[] content = content(2 * CHUNK);
    try (OrderedChunks chunks = chunks(content, new ChunkLeaves(2))) {
      chunks.put(wire, plain(content, 1));
      violates(() -> chunks.put(wire, plain(content, 1)));
      ByteBuffer none = ByteBuffer.allocate(0);
      violates(() -> chunks.put(wire, frame(0, 2, CHUNK, chunk(content, 0), 0, true)));
      violates(() -> chunks.put(wire, frame(0, 0, CHUNK - 1, chunk(content, 0), 0, true)));
      violates(() -> chunks.put(wire, frame(FrameType.LOCAL, 0, CHUNK, none, 0, true)));
      violates(() -> chunks.compare(commit(content)));
      chunks.put(wire, plain(content, 0));
      assertThat(handOn(chunks, 0)).isTrue();
      violates(() -> chunks.put(wire, plain(content, 0)));
    }
  }

  @Test
  void aChunkThatIsNotWhatItWasMeansThatTheSourceChanged() throws IOException {
    byte[] content = content(2 * CHUNK);
    ChunkLeaves leaves = new ChunkLeaves(2);
    leaves.set(0, 1, leaf(content, 1));
    try (OrderedChunks chunks = chunks(content, leaves)) {
      chunks.put(wire, plain(content, 0));
      changed(() -> handOn(chunks, 0));
    }
    HaveList told = new HaveList(HaveList.Basis.PART, Integrity.TREE, leaves);
    try (OrderedChunks chunks = new OrderedChunks(offer(content.length), told, leaves)) {
      changed(() -> chunks.put(wire, plain(content, 0)));
    }
    assertThat(taken.size()).isZero();
  }

  @Test
  void whoWantsNoMoreGetsNoMore() throws IOException {
    byte[] content = content(2 * CHUNK);
    try (OrderedChunks chunks = chunks(content, new ChunkLeaves(2))) {
      chunks.put(wire, plain(content, 0));
      assertThat(chunks.handOn(0, wire, PATIENCE, () -> true, bytes -> false)).isFalse();
      assertThat(chunks.handOn(1, wire, PATIENCE, () -> false, this::take)).isFalse();
      chunks.fail(new IOException("gone"));
      assertThatThrownBy(() -> handOn(chunks, 1)).hasMessage("gone");
    }
  }

  private boolean handOn(OrderedChunks chunks, int index) throws IOException {
    return chunks.handOn(index, wire, PATIENCE, () -> true, this::take);
  }

  private boolean take(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    taken.writeBytes(copy);
    return true;
  }

  /** Something that goes wrong. */
  private interface Breaking {
    void run() throws IOException;
  }

  private static void violates(Breaking breaking) {
    fails(ErrorCode.PROTOCOL_VIOLATION, breaking);
  }

  private static void changed(Breaking breaking) {
    fails(ErrorCode.SOURCE_CHANGED, breaking);
  }

  private static void fails(ErrorCode code, Breaking breaking) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(breaking::run)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private static OrderedChunks chunks(byte[] content, ChunkLeaves leaves) {
    ChunkLeaves none = new ChunkLeaves(ChunkLayout.of(content.length).chunkCount());
    HaveList have = new HaveList(HaveList.Basis.PART, Integrity.TREE, none);
    return new OrderedChunks(offer(content.length), have, leaves);
  }

  private static Offer offer(long size) {
    return new Offer(
        "a.bin",
        SourceIdentity.of(size, Instant.parse("2026-01-02T03:04:05Z")),
        OptionalInt.empty(),
        new Offer.Terms(
            TargetPolicy.REPLACE, Verification.SIZE, Integrity.TREE, Optional.empty(), 0));
  }

  private static Frame plain(byte[] content, int index) {
    ByteBuffer chunk = chunk(content, index);
    return frame(0, index, chunk.remaining(), chunk, ChunkContent.crc32c(chunk), true);
  }

  /** A compressed chunk whose sum before compression is that far off. */
  private Frame packed(byte[] content, int index, int off) {
    ByteBuffer chunk = chunk(content, index);
    Wire.Bulk bulk =
        new Wire.Bulk(
            CompressionTest.head(index, chunk.remaining()),
            chunk,
            ChunkContent.crc32c(chunk) + off);
    try (Compression.Borrowed packed = Compression.pack(bulk, buffers).orElseThrow()) {
      ByteBuffer body = packed.bulk().body();
      ByteBuffer copy = ByteBuffer.allocateDirect(body.remaining()).put(body).flip();
      return new Frame(
          FrameType.CHUNK,
          FrameType.COMPRESSED,
          1,
          packed.bulk().head(),
          new Frame.Body(copy, packed.bulk().crc32c(), true));
    }
  }

  private static Frame frame(
      int flags, int index, int length, ByteBuffer body, int crc32c, boolean isIntact) {
    ByteBuffer head = CompressionTest.head(index, length);
    return new Frame(FrameType.CHUNK, flags, 1, head, new Frame.Body(body, crc32c, isIntact));
  }

  private static Frame commit(byte[] content) throws IOException {
    ChunkLayout layout = ChunkLayout.of(content.length);
    ChunkLeaves leaves = new ChunkLeaves(layout.chunkCount());
    for (int i = 0; i < layout.chunkCount(); i++) {
      leaves.set(i, 0, leaf(content, i));
    }
    byte[] fields =
        new FieldsBuilder().text(Tag.DIGEST, TreeHash.root(layout, leaves).toString()).toBytes();
    return new Frame(FrameType.COMMIT, 0, 1, ByteBuffer.wrap(fields), Frame.Body.NONE);
  }

  private static byte[] leaf(byte[] content, int index) {
    return TreeHash.leaf(chunk(content, index));
  }

  private static ByteBuffer chunk(byte[] content, int index) {
    int from = index * CHUNK;
    int length = Math.min(CHUNK, content.length - from);
    return ByteBuffer.allocateDirect(length).put(content, from, length).flip();
  }

  // it compresses
  private static byte[] content(int size) {
    byte[] bytes = new byte[size];
    Random random = new Random(size);
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) random.nextInt(4);
    }
    return bytes;
  }

  private List<Integer> statuses() throws IOException {
    ScriptedPeer read = new ScriptedPeer(peer.written());
    FrameReader reader = new FrameReader(read.connection, buffers);
    reader.allowSession(Limits.CHUNK_BYTES, 0);
    List<Integer> statuses = new ArrayList<>();
    for (Frame next = reader.next(PATIENCE, "a frame");
        next != null;
        next = reader.next(PATIENCE, "a frame")) {
      statuses.add((int) next.fields().number(Tag.STATUS));
    }
    return statuses;
  }
}
