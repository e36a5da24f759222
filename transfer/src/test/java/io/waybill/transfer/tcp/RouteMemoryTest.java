package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteMemoryTest {
  @TempDir Path directory;
  private Instant now = Instant.parse("2026-11-24T10:00:00Z");

  private RouteMemory open() {
    return RouteMemory.inFile(directory.resolve("routes"), () -> now);
  }

  @Test
  void knowsWhatAnotherProcessLearned() throws IOException {
    open().learned("far.example:7400", 4);
    assertThat(open().streams("far.example:7400")).isEqualTo(4);
    assertThat(open().streams("near.example:7400")).isEqualTo(1);
    assertThat(Files.readAllLines(directory.resolve("routes")))
        .containsExactly("far.example:7400 4 1795514400");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void forgetsAfterSevenDays() {
    open().learned("far.example:7400", 4);
    now = now.plus(Duration.ofDays(7));
    assertThat(open().streams("far.example:7400")).isEqualTo(4);
    now = now.plusSeconds(1);
    assertThat(open().streams("far.example:7400")).isEqualTo(1);
  }

  @Test
  void holdsTheLast256() {
    RouteMemory memory = open();
    for (int i = 0; i <= 256; i++) {
      memory.learned("host" + i + ":1", 2);
    }
    assertThat(open().streams("host0:1")).isEqualTo(1);
    assertThat(open().streams("host1:1")).isEqualTo(2);
    assertThat(open().streams("host256:1")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u0000", "far.example:7400 44 1", "far.example:7400 4", "a 4 99999999999x"})
  void startsOverWhenTheFileIsDamaged(String line) throws IOException {
    Files.write(directory.resolve("routes"), List.of("good:1 2 1795514400", line));
    RouteMemory memory = open();
    assertThat(memory.streams("good:1")).isEqualTo(1);
    memory.learned("good:1", 8);
    assertThat(open().streams("good:1")).isEqualTo(8);
  }

  @Test
  void startsOverWhenTheFileIsNotText() throws IOException {
    Files.write(directory.resolve("routes"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(open().streams("far.example:7400")).isEqualTo(1);
  }
}
