package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.DAMAGED_FRAME;
import static io.waybill.transfer.independent.HostilePeer.LIMIT_EXCEEDED;
import static io.waybill.transfer.independent.HostilePeer.LOGIN_REFUSED;
import static io.waybill.transfer.independent.HostilePeer.PROTOCOL_VIOLATION;
import static io.waybill.transfer.independent.HostilePeer.UNSUPPORTED;
import static io.waybill.transfer.independent.HostilePeer.changed;
import static io.waybill.transfer.independent.HostilePeer.endOfStranger;
import static io.waybill.transfer.independent.HostilePeer.frame;
import static io.waybill.transfer.independent.HostilePeer.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What anybody can send who reaches the port. */
class HostileStrangerIT {
  private static final int HELLO = IndependentStream.HELLO;
  private static final int AUTH = IndependentStream.AUTH;
  private static final int CRITICAL = IndependentFrame.CRITICAL;
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

  private Fields hello() {
    return new Fields()
        .number(1, 1)
        .number(2, 1)
        .text(4, "sha-256-tree")
        .text(5, "sha-256-tree")
        .number(6, 8 << 20)
        .number(54, 8 << 20)
        .bytes(7, served.instance);
  }

  private static byte[] helloFrame(Fields fields) {
    return frame(HELLO, CRITICAL, 0, 0, fields.payload());
  }

  @ParameterizedTest
  @ValueSource(ints = {4097, 65_536, 0x7fffffff, 0x80000000, 0xffffffff})
  void lengthBeyondTheCapIsRefusedBeforeItIsSent(int length) throws Exception {
    assertThat(endOfStranger(served, header(length, HELLO, CRITICAL, 0, 0)))
        .isEqualTo(LIMIT_EXCEEDED);
  }

  @Test
  void bulkIsRefused() throws Exception {
    assertThat(endOfStranger(served, header(100, 0x12, CRITICAL | 2, 0, 1)))
        .isIn(PROTOCOL_VIOLATION, LIMIT_EXCEEDED);
  }

  @Test
  void framesThatAreSkippedCountAgainstTheCapOfAll() throws Exception {
    byte[] skipped = frame(0xee, 0, 0, 0, new byte[4_000]);

    assertThat(
            endOfStranger(served, skipped, skipped, skipped, skipped, Arrays.copyOf(skipped, 16)))
        .isEqualTo(LIMIT_EXCEEDED);
  }

  @Test
  void otherProtocolsAreTurnedAway() throws Exception {
    assertThat(endOfStranger(served, "GET / HTTP/1.1\r\n".getBytes(UTF_8)))
        .isEqualTo(LIMIT_EXCEEDED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x02, 0x05, 0x10, 0x14, 0x19, 0x20, 0x26, 0x34})
  void nothingComesBeforeHello(int type) throws Exception {
    assertThat(endOfStranger(served, frame(type, CRITICAL, 0, 0, NOTHING)))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x05, 0x10, 0x20, 0x26})
  void nothingButAuthComesAfterHello(int type) throws Exception {
    assertThat(
            endOfStranger(
                served, helloFrame(hello()), frame(type, CRITICAL, 0, 0, hello().payload())))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @Test
  void helloWithoutACommonVersionIsUnsupported() throws Exception {
    Fields later = new Fields().number(1, 2).number(2, 7).text(4, "sha-256-tree");
    later.number(6, 8 << 20).number(54, 8 << 20).bytes(7, served.instance);

    assertThat(endOfStranger(served, helloFrame(later))).isEqualTo(UNSUPPORTED);
  }

  @Test
  void whatIsRequiredAndMissingIsUnsupported() throws Exception {
    assertThat(endOfStranger(served, helloFrame(hello().text(5, "teleport"))))
        .isEqualTo(UNSUPPORTED);
  }

  @Test
  void unknownFieldIsSkippedUnlessItIsCritical() throws Exception {
    try (IndependentStream stream = HostilePeer.stream(served.connect())) {
      stream.write(helloFrame(hello().bytes(0x7ffe, new byte[99])));
      assertThat(stream.receive(HELLO, 0).number(1)).isEqualTo(1);
    }
    assertThat(endOfStranger(served, helloFrame(hello().bytes(0xfffe, new byte[99]))))
        .isEqualTo(UNSUPPORTED);
  }

  @Test
  void helloWithAFieldTwiceOrTornOrMissingIsRefused() throws Exception {
    assertThat(endOfStranger(served, helloFrame(hello().number(6, 1 << 20))))
        .isEqualTo(PROTOCOL_VIOLATION);
    byte[] torn = Arrays.copyOf(hello().payload(), hello().payload().length - 1);
    assertThat(endOfStranger(served, frame(HELLO, CRITICAL, 0, 0, torn)))
        .isEqualTo(PROTOCOL_VIOLATION);
    assertThat(endOfStranger(served, helloFrame(new Fields().number(1, 1).number(2, 1))))
        .isEqualTo(PROTOCOL_VIOLATION);
  }

  @Test
  void damagedFrameEndsTheConnection() throws Exception {
    byte[] good = helloFrame(hello());
    assertThat(endOfStranger(served, changed(good, bytes -> bytes.put(good.length - 1, (byte) 0))))
        .isEqualTo(DAMAGED_FRAME);
    assertThat(endOfStranger(served, changed(good, bytes -> bytes.put(40, (byte) 0x55))))
        .isEqualTo(DAMAGED_FRAME);
  }

  @Test
  void frameThatEndsAnywhereLeavesNothingBehind() throws Exception {
    byte[] good = helloFrame(hello());
    for (int length = 0; length < good.length; length += 3) {
      try (IndependentStream stream = HostilePeer.stream(served.connect())) {
        stream.write(Arrays.copyOf(good, length));
        stream.socket.shutdownOutput();
        HostilePeer.end(stream);
      }
    }
  }

  @Test
  void recordedLoginIsWorthNothingOnAnotherConnection() throws Exception {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    try (IndependentStream victim = new IndependentStream(recorded(record))) {
      victim.hello(served.instance, "sha-256-tree");
      victim.login(ServedRoot.USER, ServedRoot.KEY);
    }
    ByteArrayInputStream frames = new ByteArrayInputStream(record.toByteArray());
    try (IndependentStream thief = HostilePeer.stream(served.connect())) {
      thief.write(IndependentFrame.read(frames, 4_096).encoded());
      thief.receive(HELLO, 0);
      thief.write(IndependentFrame.read(frames, 4_096).encoded());
      thief.receive(AUTH, 0);
      thief.write(IndependentFrame.read(frames, 4_096).encoded());

      assertThat(HostilePeer.end(thief)).isEqualTo(LOGIN_REFUSED);
    }
  }

  private Socket recorded(OutputStream record) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), served.server.port()) {
      @Override
      public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
          @Override
          public void write(byte[] bytes) throws IOException {
            record.write(bytes);
            out.write(bytes);
          }
        };
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n,,",
        "n,,n=mover",
        "y,,n=mover,r=x",
        "n,a=root,n=mover,r=abcdefgh",
        "p=tls-exporter,,n=mover,r=abcdefgh",
        "n,,m=ext,n=mover,r=abcdefgh",
        "n,,n=mo=ver,r=abcdefgh",
        "n,,n=,r=abcdefgh",
        "n,,r=abcdefgh,n=mover",
        "\0"
      })
  void malformedScramIsRefused(String first) throws Exception {
    Fields auth = new Fields().text(8, "SCRAM-SHA-256").text(9, first);
    Fields proof = new Fields().text(9, "c=biws,r=abcdefgh,p=AAAA");

    assertThat(
            endOfStranger(
                served,
                helloFrame(hello()),
                frame(AUTH, CRITICAL, 0, 0, auth.payload()),
                frame(AUTH, CRITICAL, 0, 0, proof.payload())))
        .isIn(PROTOCOL_VIOLATION, LOGIN_REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PLAIN", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "EXTERNAL", "TICKET"})
  void mechanismThatIsNotOfferedIsRefused(String mechanism) throws Exception {
    Fields auth = new Fields().text(8, mechanism).text(9, "n,,n=mover,r=abcdefgh");

    assertThat(
            endOfStranger(served, helloFrame(hello()), frame(AUTH, CRITICAL, 0, 0, auth.payload())))
        .isIn(PROTOCOL_VIOLATION, UNSUPPORTED, LOGIN_REFUSED);
  }

  @Test
  void thoseWhoSayNothingOrAByteASecondAreGoneAfterTenSeconds() throws Exception {
    List<IndependentStream> slow = new ArrayList<>();
    try {
      byte[] hello = helloFrame(hello());
      for (int i = 0; i < 150; i++) {
        slow.add(HostilePeer.stream(served.connect()));
      }
      long start = System.nanoTime();
      for (int second = 0; second < 13; second++) {
        for (int i = 0; i < slow.size(); i += 2) {
          drip(slow.get(i), hello[second]);
        }
        TimeUnit.SECONDS.sleep(1);
      }
      for (IndependentStream each : slow) {
        HostilePeer.end(each);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(16));
    } finally {
      for (IndependentStream each : slow) {
        each.close();
      }
    }
  }

  private static void drip(IndependentStream stream, int next) {
    try {
      stream.socket.getOutputStream().write(next);
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?i).*(broken pipe|reset|closed|aborted).*");
    }
  }
}
