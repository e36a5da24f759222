package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.LIMIT_EXCEEDED;
import static io.waybill.transfer.independent.HostilePeer.MIB;
import static io.waybill.transfer.independent.HostilePeer.PATH_REFUSED;
import static io.waybill.transfer.independent.HostilePeer.PROTOCOL_VIOLATION;
import static io.waybill.transfer.independent.HostilePeer.UNSUPPORTED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames with many files, of which some are not what they say. */
class HostileBatchIT {
  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
  }

  @AfterEach
  void servesAGoodClientAfterAll() throws Exception {
    try (ServedRoot last = served) {
      HostilePeer.assertServesAGoodClient(last);
    }
  }

  /** An entry of a batch's directory that may say anything. */
  private record Listed(
      int length, int kind, int size, int nanos, int pathLength, ByteBuffer rest) {
    static Listed file(String path, byte[] content) {
      byte[] name = path.getBytes(UTF_8);
      byte[] root = new IndependentSource(path, content, ServedRoot.MODIFIED).root();
      ByteBuffer rest = ByteBuffer.allocate(name.length + 32).put(name).put(root).flip();
      return new Listed(22 + rest.limit(), 0, content.length, 6_000, name.length, rest);
    }

    byte[] bytes() {
      ByteBuffer entry = ByteBuffer.allocate(24 + rest.limit()).putShort((short) length);
      entry.put((byte) kind).put((byte) 0).putInt(size);
      entry.putLong(ServedRoot.MODIFIED.getEpochSecond()).putInt(nanos).putShort((short) 0xffff);
      return entry.putShort((short) pathLength).put(rest.duplicate()).array();
    }
  }

  private static byte[] batch(
      int count, int policy, int level, int directoryLength, List<Listed> files, byte[] content) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    files.forEach(file -> body.writeBytes(file.bytes()));
    int length = directoryLength < 0 ? body.size() : directoryLength;
    body.writeBytes(content);
    ByteBuffer head = ByteBuffer.allocate(16).putShort((short) count);
    head.put((byte) policy).put((byte) level).putInt(length);
    byte[] payload = IndependentFrame.bulk(head.array(), body.toByteArray());
    return HostilePeer.frame(0x30, 3, 0, 1, payload);
  }

  static List<byte[]> lies() {
    byte[] seven = new byte[7];
    Listed good = Listed.file("x", seven);
    ByteBuffer rest = good.rest();
    return List.of(
        batch(0, 0, 3, -1, List.of(), new byte[0]),
        batch(2, 0, 3, -1, List.of(good), seven),
        batch(1, 0, 3, -1, List.of(good, good), seven),
        batch(0xffff, 0, 3, -1, List.of(good), seven),
        batch(1, 0, 3, Integer.MAX_VALUE, List.of(good), seven),
        batch(1, 0, 3, 0, List.of(good), seven),
        batch(1, 0, 3, 20, List.of(good), seven),
        batch(1, 3, 3, -1, List.of(good), seven),
        batch(1, 4, 3, -1, List.of(good), seven),
        batch(1, 0, 9, -1, List.of(good), seven),
        batch(1, 0, 3, -1, List.of(good), new byte[6]),
        batch(1, 0, 3, -1, List.of(good), new byte[8]),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 0, -1, 0, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 0, 1 << 30, 0, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 2, 7, 0, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 1, 7, 0, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 0, 7, 0, 2, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 0, 7, 0, 0xffff, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(good.length(), 0, 7, 1_000_000_000, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(0xffff, 0, 7, 0, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(0, 0, 7, 0, 1, rest)), seven),
        batch(1, 0, 3, -1, List.of(new Listed(21, 0, 7, 0, 1, rest)), seven));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void batchThatDoesNotAddUpEndsTheSession(byte[] batch) throws Exception {
    assertThat(HostilePeer.endOfSession(served, batch))
        .isIn(PROTOCOL_VIOLATION, UNSUPPORTED, LIMIT_EXCEEDED);
    assertThat(served.names()).isEmpty();
  }

  @Test
  void tooManyFilesAndTooManyBytesAreRefused() throws Exception {
    List<Listed> many = new ArrayList<>();
    for (int i = 0; i < 257; i++) {
      many.add(Listed.file("f" + i, new byte[0]));
    }
    assertThat(HostilePeer.endOfSession(served, batch(257, 0, 3, -1, many, new byte[0])))
        .isIn(PROTOCOL_VIOLATION, LIMIT_EXCEEDED);
    byte[] large = new byte[MIB];
    byte[] batch = batch(1, 0, 3, -1, List.of(Listed.file("x", large)), large);
    assertThat(HostilePeer.endOfSession(served, batch)).isIn(PROTOCOL_VIOLATION, LIMIT_EXCEEDED);
    assertThat(served.names()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.waybill.transfer.independent.HostilePathsIT#tricks")
  void pathThatLeadsElsewhereIsRefusedAndItsNeighbourIsNot(String path) throws Exception {
    byte[] content = new byte[3];
    List<Listed> files = List.of(Listed.file("good", content), Listed.file(path, content));
    try (IndependentClient client = served.login()) {
      client.first().write(batch(2, 0, 3, -1, files, new byte[6]));
      assertThat(client.first().receive(0x31, 1).bytes(55)).containsExactly(0, (int) PATH_REFUSED);
    }
    assertThat(served.names()).containsExactly("good");
  }

  @Test
  void sameNameTwiceInABatchIsOneWholeFile() throws Exception {
    byte[] first = {1, 1, 1};
    byte[] second = {2, 2, 2};
    List<Listed> files = List.of(Listed.file("x", first), Listed.file("x", second));
    try (IndependentClient client = served.login()) {
      client.first().write(batch(2, 1, 3, -1, files, new byte[] {1, 1, 1, 2, 2, 2}));
      try {
        client.first().receive(0x31, 1);
        assertThat(served.served("x")).isIn(first, second);
      } catch (IndependentStream.Refused e) {
        assertThat(served.names()).isEmpty();
      }
    }
  }

  @Test
  void linksAreNeitherFollowedNorFetched() throws Exception {
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "not yours");
    Files.createSymbolicLink(served.root.resolve("link"), outside);
    try (IndependentClient client = served.login()) {
      byte[] statuses =
          client.batch(List.of(ServedRoot.source("link/x", 3), ServedRoot.source("good", 3)));
      assertThat(statuses[0]).isNotZero();
      assertThat(statuses[1]).isZero();
      assertThat(client.fetch("link/secret", "link", "..", "good"))
          .extracting(entry -> entry.status() == 0)
          .containsExactly(false, false, false, true);
    }
    assertThat(outside.toFile().list()).containsExactly("secret");
  }

  @Test
  void tooManyQuestionsAreRefused() throws Exception {
    Fields query = new Fields().number(41, 0).number(42, 2);
    Fields fetch = new Fields().text(37, "sha-256-tree");
    for (int i = 0; i < 257; i++) {
      query.bytes(40, new Fields().text(32, "f" + i).number(39, 0).payload());
      fetch.text(32, "f" + i);
    }
    assertThat(HostilePeer.endOfSession(served, HostilePeer.frame(0x32, 1, 0, 1, query.payload())))
        .isIn(PROTOCOL_VIOLATION, LIMIT_EXCEEDED);
    assertThat(HostilePeer.endOfSession(served, HostilePeer.frame(0x34, 1, 0, 1, fetch.payload())))
        .isIn(PROTOCOL_VIOLATION, LIMIT_EXCEEDED);
  }

  @Test
  void nestedFieldsThatLieAreRefused() throws Exception {
    for (byte[] entry :
        List.of(
            new byte[0],
            new byte[] {0, 32, 0, 9, 'x'},
            new Fields().text(32, "a").text(32, "b").number(39, 0).payload(),
            new Fields().bytes(32, new byte[] {(byte) 0xff}).number(39, 0).payload())) {
      Fields query = new Fields().number(41, 0).number(42, 2).bytes(40, entry);
      assertThat(
              HostilePeer.endOfSession(served, HostilePeer.frame(0x32, 1, 0, 1, query.payload())))
          .isEqualTo(PROTOCOL_VIOLATION);
    }
  }
}
