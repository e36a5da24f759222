package io.waybill.transfer.trace;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapngFileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");
  private static final byte[] V4 = {10, 0, 0, 1};
  @TempDir private Path directory;
  private final List<String> told = new ArrayList<>();

  @Test
  void severalConnectionsReadBackWithRightNumbersAndSums() throws IOException {
    Path path = directory.resolve("t.pcapng");
    byte[] big = new byte[200_001];
    new Random(7).nextBytes(big);
    try (PcapngFile file = create(path, PcapngFile.DEFAULT_LIMIT)) {
      WireTap.Tapped one = file.open("smtp", at(V4, 4000), at(new byte[] {10, 0, 0, 2}, 25));
      WireTap.Tapped two = file.open("waybill", at(new byte[16], 4001), at(V4, 7000));
      one.received(ascii("220 hi\r\n"));
      ByteBuffer bytes = ByteBuffer.wrap(big);
      two.sent(ascii("head"), bytes);
      assertThat(bytes.position()).isZero();
      one.sent(ascii("EHLO\r\n"));
      one.closed("done");
      one.closed("again");
      one.sent(ascii("too late"));
      two.closed("x".repeat(100_000));
    }
    PcapngReader read = new PcapngReader(path);
    assertThat(read.stream(4000, 25)).asString(US_ASCII).isEqualTo("EHLO\r\n");
    assertThat(read.stream(25, 4000)).asString(US_ASCII).isEqualTo("220 hi\r\n");
    assertThat(read.stream(4001, 7000))
        .isEqualTo(ByteBuffer.allocate(4 + big.length).put(ascii("head")).put(big).array());
    assertThat(read.packets.get(0).flags()).isEqualTo(2);
    assertThat(read.packets.get(1).flags()).isEqualTo(0x12);
    assertThat(read.packets.stream().filter(p -> (p.flags() & 1) != 0).count()).isEqualTo(4);
    assertThat(read.packets.get(0).nanoseconds())
        .isEqualTo(NOW.getEpochSecond() * 1_000_000_000L + 123_456_789);
    assertThat(told).isEmpty();
  }

  @Test
  void fileIsReadableBeforeItIsClosedAndForTheOwnerOnly() throws IOException {
    Path path = directory.resolve("t.pcapng");
    try (PcapngFile file = create(path, PcapngFile.DEFAULT_LIMIT)) {
      file.open("ftp", at(V4, 1), at(V4, 2)).sent(ascii("NOOP\r\n"));
      assertThat(new PcapngReader(path).stream(1, 2)).asString(US_ASCII).isEqualTo("NOOP\r\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThatThrownBy(() -> create(path, 4096)).isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void stopsAtTheLimitAndSaysSoOnce() throws IOException {
    Path path = directory.resolve("t.pcapng");
    try (PcapngFile file = create(path, 10_000)) {
      WireTap.Tapped tap = file.open("ftp", at(V4, 1), at(V4, 2));
      for (int i = 0; i < 100; i++) {
        tap.sent(ByteBuffer.allocate(1000));
      }
      assertThat(file.stopped()).isTrue();
    }
    assertThat(Files.size(path)).isBetween(8_000L, 10_000L);
    PcapngReader read = new PcapngReader(path);
    assertThat(read.statistics).isEqualTo(1);
    assertThat(read.stream(1, 2).length).isBetween(7000, 10_000);
    assertThat(told).singleElement().asString().contains("10000 bytes");
  }

  private PcapngFile create(Path path, long limit) throws IOException {
    return PcapngFile.create(path, () -> NOW, limit, told::add);
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  private static InetSocketAddress at(byte[] address, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(address), port);
  }
}
