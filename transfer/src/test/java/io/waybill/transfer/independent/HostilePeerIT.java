package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.LIMIT_EXCEEDED;
import static io.waybill.transfer.independent.HostilePeer.MIB;
import static io.waybill.transfer.independent.HostilePeer.PROTOCOL_VIOLATION;
import static io.waybill.transfer.independent.HostilePeer.UNSUPPORTED;
import static io.waybill.transfer.independent.HostilePeer.endOfSession;
import static io.waybill.transfer.independent.HostilePeer.frame;
import static io.waybill.transfer.independent.HostilePeer.header;
import static io.waybill.transfer.independent.HostilePeer.offer;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user with a key can send: frames and fields that are not those of the page. */
class HostilePeerIT {
  private static final int CRITICAL = IndependentFrame.CRITICAL;
  private static final int OFFER = 0x10;
  private static final int STAT = 0x21;
  private static final byte[] NOTHING = {};

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

  /** What an unfinished upload has left is taken over by a good client and thrown away. */
  private void discard(IndependentSource source) throws Exception {
    try (IndependentClient client = served.login()) {
      client.abort(client.offer(source, 0), true);
    }
    assertThat(served.names()).noneMatch(name -> name.contains(".wb"));
  }

  private static byte[] fields(int type, long id, Fields fields) {
    return frame(type, CRITICAL, 0, id, fields.payload());
  }

  @ParameterizedTest
  @ValueSource(ints = {65_537, 8 * MIB + 21, 0x7fffffff, 0x80000000, 0xffffffff})
  void lengthBeyondTheCapIsRefusedBeforeItIsSent(int length) throws Exception {
    assertThat(endOfSession(served, header(length, STAT, CRITICAL, 0, 1)))
        .isEqualTo(LIMIT_EXCEEDED);
  }

  @ParameterizedTest
  @ValueSource(ints = {8 * MIB + 21, 0x7fffffff, 0x80000000, 0xffffffff})
  void lengthOfAChunkBeyondTheCapIsRefusedBeforeItIsSent(int length) throws Exception {
    assertThat(endOfSession(served, header(length, 0x12, CRITICAL | 2, 0, 1)))
        .isEqualTo(LIMIT_EXCEEDED);
  }

  @Test
  void bulkFrameWithoutRoomForItsHeadIsRefused() throws Exception {
    assertThat(endOfSession(served, header(19, 0x12, CRITICAL | 2, 0, 1)))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x02})
  void loginIsNotSaidTwice(int type) throws Exception {
    assertThat(endOfSession(served, frame(type, CRITICAL, 0, 0, NOTHING)))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x17, 0x3f, 0x40, 0x7f, 0xff})
  void unknownTypeIsSkippedUnlessItIsCritical(int type) throws Exception {
    assertThat(endOfSession(served, frame(type, CRITICAL, 0, 1, NOTHING))).isEqualTo(UNSUPPORTED);
    try (IndependentClient client = served.login()) {
      client.first().write(frame(type, 0, 0, 1, new byte[1_000]));
      client
          .first()
          .write(
              frame(
                  type,
                  IndependentFrame.BULK,
                  0,
                  1,
                  IndependentFrame.bulk(new byte[16], new byte[70_000])));
      assertThat(client.list("")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x04, 0x08, 0x80, 0x10, 0x40})
  void flagThatIsNotDefinedIsRefused(int flag) throws Exception {
    Fields stat = new Fields().text(32, "x");
    assertThat(endOfSession(served, frame(STAT, CRITICAL | flag, 0, 1, stat.payload())))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 0xffff})
  void streamThatIsNotThisOneIsRefused(int stream) throws Exception {
    Fields stat = new Fields().text(32, "x");
    assertThat(endOfSession(served, frame(STAT, CRITICAL, stream, 1, stat.payload())))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void exchangeNeedsAPositiveNumber(long id) throws Exception {
    assertThat(endOfSession(served, fields(OFFER, id, offer("x", 7))))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @Test
  void framesThatOnlyAServerSendsAreRefused() throws Exception {
    for (int type : List.of(0x11, 0x15, 0x22, 0x26, 0x33)) {
      assertThat(endOfSession(served, frame(type, CRITICAL, 0, 1, NOTHING)))
          .as("type %02x", type)
          .isEqualTo(PROTOCOL_VIOLATION);
    }
  }

  @Test
  void fieldsThatAreTornTwiceMissingOrOfAnotherLengthAreRefused() throws Exception {
    Fields good = offer("x", 7);
    byte[] torn = Arrays.copyOf(good.payload(), good.payload().length - 1);
    for (byte[] each :
        List.of(
            frame(OFFER, CRITICAL, 0, 1, torn),
            frame(OFFER, CRITICAL, 0, 1, new byte[] {0, 32, 0}),
            fields(OFFER, 1, offer("x", 7).text(32, "y")),
            fields(OFFER, 1, new Fields().text(32, "x")),
            fields(STAT, 1, new Fields().number(54, 1)),
            fields(0x20, 1, new Fields().text(32, "").bytes(54, new byte[7])),
            fields(0x20, 1, new Fields().text(32, "").number(54, -1)))) {
      assertThat(endOfSession(served, each)).isEqualTo(PROTOCOL_VIOLATION);
    }
  }

  @Test
  void unknownFieldIsSkippedUnlessItIsCritical() throws Exception {
    IndependentSource source = ServedRoot.source("x", 7);
    try (IndependentClient client = served.login()) {
      long id = client.nextId();
      client.first().write(fields(OFFER, id, offer("x", 7).bytes(0x7abc, new byte[5])));
      client.first().receive(0x11, id);
    }
    discard(source);
    assertThat(endOfSession(served, fields(OFFER, 1, offer("x", 7).bytes(0xfabc, new byte[5]))))
        .isEqualTo(UNSUPPORTED);
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws Exception {
    for (byte[] malformed :
        List.of(new byte[] {(byte) 0xc0, (byte) 0xae}, new byte[] {'a', (byte) 0xff})) {
      byte[] stat = new Fields().bytes(32, malformed).payload();
      assertThat(HostilePeer.endOfSession(served, HostilePeer.frame(0x21, 1, 0, 1, stat)))
          .isEqualTo(PROTOCOL_VIOLATION);
    }
  }
}
