package io.waybill.mail.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void yieldsWhatWasWrittenWhereverItLives(long seed) throws Exception {
    Random random = new Random(seed);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    Spool spool = new Spool(10_000, Long.MAX_VALUE, random.nextInt(100));
    for (int i = random.nextInt(40); i >= 0; i--) {
      byte[] bytes = new byte[random.nextInt(1000)];
      random.nextBytes(bytes);
      expected.writeBytes(bytes);
      spool.write(bytes);
      spool.write(i);
      expected.write(i);
    }
    spool.close();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(expected.toByteArray());
    assertThat(spool.isFile()).as("seed %d", seed).isEqualTo(expected.size() > 10_000);
    assertThat(spool.sizeBytes()).isEqualTo(expected.size());
    assertThat(spool.sha256()).isEqualTo("sha-256:" + HexFormat.of().formatHex(digest));
    for (int i = 0; i < 2; i++) {
      try (InputStream in = spool.open()) {
        assertThat(in.readAllBytes()).isEqualTo(expected.toByteArray());
      }
    }
    spool.release();
    assertThatExceptionOfType(IOException.class).isThrownBy(spool::open);
  }

  @Test
  void takesNothingPastItsBoundOrBehindItsEnd() throws IOException {
    Spool spool = new Spool(10, 20, 10);
    spool.write(new byte[20]);
    assertThatExceptionOfType(Spool.Full.class).isThrownBy(() -> spool.write(1));
    spool.close();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> spool.write(new byte[0]));
    spool.release();
    spool.release();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // an open file keeps its name there
  void itsFileHasNoNameThatAKilledProcessCouldLeave() throws IOException {
    Set<String> before = spools();
    Spool spool = new Spool(10, 1000, 10);
    spool.write(new byte[100]);
    assertThat(spools()).isEqualTo(before);
    spool.release();
  }

  private static Set<String> spools() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(Path::toString)
          .filter(name -> name.endsWith(".spool"))
          .collect(Collectors.toSet());
    }
  }

  /** An interruption closes channels for good: what is kept must outlive that of one reader. */
  @Test
  void isReadByAThreadThatIsInterrupted() throws IOException {
    Spool spool = new Spool(10, 1000, 10);
    spool.write(new byte[100]);
    spool.close();
    Thread.currentThread().interrupt();
    try (InputStream in = spool.open()) {
      assertThat(in.readAllBytes()).hasSize(100);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(spool.open().readAllBytes()).hasSize(100);
    spool.release();
  }
}
