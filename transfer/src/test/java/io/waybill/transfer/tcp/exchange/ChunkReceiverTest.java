package io.waybill.transfer.tcp.exchange;

import static io.waybill.transfer.tcp.wire.ScriptedPeer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameReader;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.ScriptedPeer;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a receiver makes of chunks in every form, also of those that lie. */
class ChunkReceiverTest {
  private static final int CHUNK = 1 << 20;
  private static final Digest.Algorithm SHA = Digest.Algorithm.SHA_256;

  @TempDir Path directory;
  private final BufferBudget buffers = new BufferBudget(16 << 20);
  private final ScriptedPeer peer = new ScriptedPeer(new byte[0]);
  private final Traffic traffic = new Traffic();

  @Test
  void chunksOfTheOldTargetAreCopiedAndTheOldOneStaysUntilTheEnd() throws IOException {
    byte[] old = bytes(1, 3 * CHUNK + 5);
    Files.write(target(), old);
    byte[] wanted = new byte[3 * CHUNK];
    System.arraycopy(old, 2 * CHUNK, wanted, 0, CHUNK);
    System.arraycopy(bytes(2, CHUNK), 0, wanted, CHUNK, CHUNK);
    System.arraycopy(old, 0, wanted, 2 * CHUNK, CHUNK);
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer(wanted.length, FrameType.DELTA))) {
      receiver.tell();
      receiver.chunk(wire, local(0, 2));
      receiver.chunk(wire, plain(wanted, 1));
      receiver.chunk(wire, local(2, 0));
      assertThat(target()).hasBinaryContent(old);
      assertThat(receiver.commit(commit(wanted)).level()).isEqualTo(Verification.DIGEST);
    }
    assertThat(target()).hasBinaryContent(wanted);
    assertThat(traffic.reusedBytes()).isEqualTo(2L * CHUNK);
    assertThat(traffic.sentBytes()).isEqualTo(CHUNK);

    List<Frame> said = said();
    BaseList base = new BaseList(offer(wanted.length, FrameType.DELTA));
    base.add(said.get(0));
    assertThat(base.find(leaf(old, 2))).hasValue(2);
    assertThat(base.find(leaf(wanted, 1))).isEmpty();
    assertThat(said.get(1).type()).isEqualTo(FrameType.HAVE);
    assertThat(statuses(said)).containsExactly(0, 0, 0);
  }

  @Test
  void aLocalChunkThatIsNotThereAnyMoreIsAskedForWhole() throws IOException {
    byte[] old = bytes(1, 2 * CHUNK);
    Files.write(target(), old);
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer(old.length, FrameType.DELTA))) {
      receiver.tell();
      byte[] touched = old.clone();
      touched[CHUNK + 7] ^= 1;
      Files.write(target(), touched);
      receiver.chunk(wire, local(0, 0));
      receiver.chunk(wire, local(1, 1));
      receiver.chunk(wire, plain(old, 1));
      receiver.commit(commit(old));
    }
    assertThat(statuses(said()))
        .containsExactly(0, ChunkReceiver.STATUS_NOT_LOCAL, ChunkReceiver.STATUS_OK);
    assertThat(target()).hasBinaryContent(old);
    assertThat(traffic.reusedBytes()).isEqualTo(CHUNK);
  }

  @Test
  void aLocalChunkThatWasNotToldIsRefused() throws IOException {
    Files.write(target(), bytes(1, 2 * CHUNK + 5));
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer(2 * CHUNK, FrameType.DELTA));
        ChunkReceiver without = receiver(wire, other(2 * CHUNK))) {
      violates(() -> receiver.chunk(wire, local(0, 0)));
      receiver.tell();
      violates(() -> receiver.chunk(wire, local(0, 3)));
      violates(() -> receiver.chunk(wire, local(0, -1)));
      violates(() -> receiver.chunk(wire, local(0, 2)));
      violates(() -> without.chunk(wire, local(0, 0)));
      receiver.discard();
      without.discard();
    }
  }

  @Test
  void compressedChunksAreWrittenAsTheyWere() throws IOException {
    byte[] text = array(CompressionTest.text(2 * CHUNK));
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer(text.length, 0))) {
      receiver.chunk(wire, packed(text, 0, 0));
      receiver.chunk(wire, packed(text, 1, 0));
      receiver.commit(commit(text));
    }
    assertThat(target()).hasBinaryContent(text);
    assertThat(traffic.sentBytes()).isLessThan(text.length / 4);
  }

  @Test
  void aCompressedChunkWithAnotherSumBeforeIsNotWrittenAndAskedForAgain() throws IOException {
    byte[] text = array(CompressionTest.text(CHUNK));
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer(text.length, 0))) {
      receiver.chunk(wire, packed(text, 0, 1));
      violates(() -> receiver.commit(commit(text)));
      receiver.chunk(wire, packed(text, 0, 0));
      receiver.commit(commit(text));
    }
    assertThat(statuses(said())).containsExactly(ChunkReceiver.STATUS_DAMAGED, 0);
    assertThat(target()).hasBinaryContent(text);
  }

  @Test
  void formsThatExcludeEachOtherAreRefused() throws IOException {
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer(CHUNK, 0))) {
      for (int flags :
          new int[] {
            FrameType.ZERO | FrameType.LOCAL,
            FrameType.ZERO | FrameType.COMPRESSED,
            FrameType.LOCAL | FrameType.COMPRESSED,
            FrameType.COMPRESSED
          }) {
        violates(() -> receiver.chunk(wire, frame(flags, 0, CHUNK, 0, ByteBuffer.allocate(0), 0)));
      }
      violates(
          () ->
              receiver.chunk(wire, frame(FrameType.ZERO, 0, CHUNK, 0, ByteBuffer.allocate(4), 0)));
      receiver.discard();
    }
  }

  @Test
  void withCrc32cNothingIsHashedAndTheLevelIsSizeAndTime() throws IOException {
    byte[] content = bytes(4, CHUNK + 9);
    Offer offer = crc(Optional.of(SHA));
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, offer)) {
      receiver.chunk(wire, plain(content, 0));
      receiver.chunk(wire, plain(content, 1));
      violates(() -> receiver.commit(digests(crc32c(content))));
      Committed done = receiver.commit(digests(crc32c(content), sha(content)));
      assertThat(done.level()).isEqualTo(Verification.SIZE_MTIME);
      assertThat(done.digests()).containsExactly(crc32c(content), sha(content));
    }
    assertThat(target()).hasBinaryContent(content);
  }

  @Test
  void aWrongCrc32cOfTheWholePublishesNothing() throws IOException {
    byte[] content = bytes(4, CHUNK + 9);
    try (Wire wire = wire();
        ChunkReceiver receiver = receiver(wire, crc(Optional.empty()))) {
      receiver.chunk(wire, plain(content, 0));
      receiver.chunk(wire, plain(content, 1));
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> receiver.commit(digests(crc32c(bytes(5, CHUNK + 9)))))
          .withMessageContaining("arrived as crc32c:");
    }
    assertThat(target()).doesNotExist();
  }

  @Test
  void whatWasReceivedWithoutTheTreeIsToldBySums() throws IOException {
    byte[] content = bytes(4, CHUNK + 9);
    try (Wire wire = wire()) {
      try (ChunkReceiver receiver = receiver(wire, crc(Optional.empty()))) {
        receiver.chunk(wire, plain(content, 1));
      }
      try (ChunkReceiver receiver = receiver(wire, crc(Optional.empty()))) {
        assertThat(receiver.have().leaves().contains(0)).isFalse();
        assertThat(receiver.have().leaves().crc32c(1))
            .isEqualTo(ChunkContent.crc32c(ByteBuffer.wrap(content, CHUNK, 9)));
        receiver.tell();
        receiver.discard();
      }
    }
    Frame told = said().get(1);
    HaveList have = new HaveList.Pages(2, Integrity.CRC32C).add(told);
    assertThat(have).isNotNull();
    assertThat(told.fields().has(Tag.CHUNK_SUMS)).isTrue();
  }

  @Test
  void aBaseThatWasNotAskedForOrDoesNotFollowIsRefused() throws IOException {
    BaseList unasked = new BaseList(offer(CHUNK, 0));
    violates(() -> unasked.add(base(0, 1, 0)));
    BaseList list = new BaseList(offer(CHUNK, FrameType.DELTA));
    list.add(base(0, 2, FrameType.MORE));
    violates(() -> list.add(base(1, 1, 0)));
    violates(() -> list.add(base(2, 0, 0)));
    violates(() -> list.add(base(1L << 40, 1, 0)));
    list.add(base(2, 1, 0));
    violates(() -> list.add(base(3, 1, 0)));
  }

  private static Frame base(long first, int leaves, int flags) throws IOException {
    byte[] fields =
        new FieldsBuilder()
            .number(Tag.FIRST, first)
            .bytes(Tag.CHUNK_DIGESTS, new byte[leaves * TreeHash.HASH_BYTES])
            .toBytes();
    return new Frame(FrameType.BASE, flags, 1, ByteBuffer.wrap(fields), Frame.Body.NONE);
  }

  /** Something that breaks the protocol. */
  private interface Breaking {
    void run() throws IOException;
  }

  private static void violates(Breaking breaking) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(breaking::run)
        .satisfies(e -> assertThat(e.code().name()).isEqualTo("PROTOCOL_VIOLATION"));
  }

  private Path target() {
    return directory.resolve("a.bin");
  }

  private Wire wire() {
    return new Wire(peer.connection, buffers);
  }

  private ChunkReceiver receiver(Wire wire, Offer offer) throws IOException {
    Target target = new Target(() -> DirectoryHandle.open(directory), offer.path(), "test");
    return new ChunkReceiver(wire, 1, offer, target, traffic);
  }

  private static Offer offer(long size, int flags) {
    return offer("a.bin", size, Integrity.TREE, Optional.empty(), flags);
  }

  private static Offer other(long size) {
    return offer("b.bin", size, Integrity.TREE, Optional.empty(), 0);
  }

  private static Offer crc(Optional<Digest.Algorithm> plain) {
    return offer("a.bin", CHUNK + 9, Integrity.CRC32C, plain, 0);
  }

  private static Offer offer(
      String path, long size, Integrity identity, Optional<Digest.Algorithm> plain, int flags) {
    return new Offer(
        path,
        SourceIdentity.of(size, Instant.parse("2026-01-02T03:04:05Z")),
        OptionalInt.empty(),
        new Offer.Terms(TargetPolicy.REPLACE, Verification.SIZE, identity, plain, flags));
  }

  private static Frame plain(byte[] content, int index) {
    ByteBuffer chunk = chunk(content, index);
    return frame(0, index, chunk.remaining(), 0, chunk, ChunkContent.crc32c(chunk));
  }

  private static Frame local(int index, int place) {
    return frame(FrameType.LOCAL, index, CHUNK, place, ByteBuffer.allocate(0), 0);
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
      int flags, int index, int length, int place, ByteBuffer body, int crc32c) {
    ByteBuffer head =
        ByteBuffer.allocate(16).putInt(index).putInt(length).putInt(place).putInt(0).flip();
    return new Frame(FrameType.CHUNK, flags, 1, head, new Frame.Body(body, crc32c, true));
  }

  private static Frame commit(byte[] content) throws IOException {
    ChunkLayout layout = ChunkLayout.of(content.length);
    ChunkLeaves leaves = new ChunkLeaves(layout.chunkCount());
    for (int i = 0; i < layout.chunkCount(); i++) {
      leaves.set(i, 0, leaf(content, i));
    }
    return digests(TreeHash.root(layout, leaves));
  }

  private static Frame digests(Digest... digests) throws IOException {
    byte[] fields =
        new FieldsBuilder()
            .texts(Tag.DIGEST, Arrays.stream(digests).map(Digest::toString).toList())
            .toBytes();
    return new Frame(FrameType.COMMIT, 0, 1, ByteBuffer.wrap(fields), Frame.Body.NONE);
  }

  private static Digest crc32c(byte[] content) {
    int crc = ChunkContent.crc32c(ByteBuffer.wrap(content));
    return Digest.of(
        Digest.Algorithm.CRC32C, ByteBuffer.allocate(Integer.BYTES).putInt(crc).array());
  }

  private static Digest sha(byte[] content) {
    PlainDigest digest = new PlainDigest(SHA);
    digest.update(content, 0, content.length);
    return digest.digest();
  }

  private static byte[] leaf(byte[] content, int index) {
    return TreeHash.leaf(chunk(content, index));
  }

  private static ByteBuffer chunk(byte[] content, int index) {
    int from = index * CHUNK;
    int length = Math.min(CHUNK, content.length - from);
    return ByteBuffer.allocateDirect(length).put(content, from, length).flip();
  }

  private static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }

  private List<Frame> said() throws IOException {
    ScriptedPeer read = new ScriptedPeer(peer.written());
    FrameReader reader = new FrameReader(read.connection, buffers);
    reader.allowSession(Limits.CHUNK_BYTES, 0);
    List<Frame> frames = new ArrayList<>();
    for (Frame next = reader.next(PATIENCE, "a frame");
        next != null;
        next = reader.next(PATIENCE, "a frame")) {
      frames.add(next);
    }
    return frames;
  }

  private static List<Integer> statuses(List<Frame> frames) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    for (Frame frame : frames) {
      if (frame.type() == FrameType.CHUNK_ACK) {
        Fields fields = frame.fields();
        statuses.add((int) fields.number(Tag.STATUS));
      }
    }
    return statuses;
  }
}
