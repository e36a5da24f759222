package io.waybill.transfer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Digest.Algorithm;
import io.waybill.transfer.TransferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The digests are those of {@code hello\n}, written by coreutils 9.1 and OpenSSL 3.0.19. */
class SidecarFileTest {
  private static final String SHA_256 =
      "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
  private static final String SHA_512 =
      "e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931f94aae41edda2c2b207a36e10f8bcb8d45223e54878f5b316e7ce3b6bc019629";
  private static final String SHA_1 = "f572d396fae9206628714fb2ce00f72e94f2258f";
  private static final String MD5 = "b1946ac92492d2347c6235b4d2611184";

  private static SidecarFile parse(String fileName, String content) throws IOException {
    return SidecarFile.parse(
        fileName, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static Sidecar hello(Algorithm algorithm, String hex) {
    return new Sidecar("hello.txt", new Digest(algorithm, hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SHA_256 + "  hello.txt\n", // sha256sum
        SHA_256 + " *hello.txt\n", // sha256sum -b, openssl dgst -r
        SHA_256 + " hello.txt\n",
        "SHA256 (hello.txt) = " + SHA_256 + "\n", // sha256sum --tag
        "SHA2-256(hello.txt)= " + SHA_256 + "\n", // openssl dgst
        "SHA256(hello.txt)= " + SHA_256 + "\n", // openssl 1.1
        SHA_256 + "  -\n", // sha256sum < hello.txt
        SHA_256 + "  ./hello.txt\n", // find -exec
        SHA_256,
        SHA_256 + " \r\n",
        "\uFEFF# made by hand\r\n\r\n" + SHA_256 + "  hello.txt\r\n",
      })
  void everyFormSaysTheSame(String content) throws IOException {
    assertThat(parse("hello.txt.sha256", content).entries())
        .containsExactly(hello(Algorithm.SHA_256, SHA_256));
  }

  @Test
  void otherToolsAreUnderstood() throws IOException {
    assertThat(parse("hello.txt.md5", MD5 + "  hello.txt\n").entries())
        .containsExactly(hello(Algorithm.MD5, MD5));
    assertThat(parse("hello.txt.sha1", SHA_1 + "  hello.txt\n").entries())
        .containsExactly(hello(Algorithm.SHA_1, SHA_1));
    assertThat(parse("SHA512SUMS", "SHA512 (hello.txt) = " + SHA_512 + "\n").entries())
        .containsExactly(hello(Algorithm.SHA_512, SHA_512));
    assertThat(
            parse("checksums.txt", SHA_512.toUpperCase(java.util.Locale.ROOT) + "  hello.txt")
                .entries())
        .containsExactly(hello(Algorithm.SHA_512, SHA_512));
  }

  @Test
  void manyLinesWithOddNamesAsSha256sumWritesThem() throws IOException {
    SidecarFile file =
        parse(
            "SHA256SUMS",
            """
            \\2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  odd\\\\name
            \\a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa  new\\nline
            594e519ae499312b29433b7dd8a97ff068defcba9755b6d5d00e84c524d67b06  sub/with space.bin
            \\SHA256 (odd\\\\tag) = 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
            """);
    assertThat(file.entries())
        .extracting(Sidecar::name)
        .containsExactly("odd\\name", "new\nline", "sub/with space.bin", "odd\\tag");
    assertThat(file.of("with space.bin").map(Sidecar::name)).contains("sub/with space.bin");
    assertThat(file.of("space.bin")).isEmpty();
  }

  @Test
  void strongestOfSeveralDigestsCountsAndAnAmbiguousNameIsNone() throws IOException {
    SidecarFile file =
        parse(
            "checksums",
            "MD5 (hello.txt) = %s\nSHA256 (hello.txt) = %s\n%s  a/x\n%s  b/x\n"
                .formatted(MD5, SHA_256, SHA_256, SHA_1));
    assertThat(file.of("hello.txt")).contains(hello(Algorithm.SHA_256, SHA_256));
    assertThat(file.of("x")).isEmpty();
    assertThat(file.of("b/x").map(Sidecar::algorithm)).contains(Algorithm.SHA_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SHA_256 + "  ../../etc/passwd",
        SHA_256 + "  /etc/passwd",
        SHA_256 + "  a/../../b",
        SHA_256 + "  a//b",
        SHA_256 + "  ..\\b",
        SHA_256 + "  C:\\b",
        SHA_256 + "  c:b",
        SHA_256 + "  a\0b",
        SHA_256 + "  .",
        SHA_256 + "  ./",
        "\\" + SHA_256 + "  a\\tb",
        "\\" + SHA_256 + "  a\\",
        "\\" + SHA_256 + "  ..\\\\b",
        "SHA256 (../b) = " + SHA_256,
        "SHA256 (b) = " + SHA_512,
        "SHA256 (b) " + SHA_256,
        "SHA256 b = " + SHA_256,
        "BLAKE2b (b) = " + SHA_512,
        "SHA256 (b) = zz91b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        SHA_256 + "\tb",
        SHA_256 + "0  b",
        MD5 + "  b",
        "<html><body>404 Not Found</body></html>",
        "-----BEGIN PGP SIGNED MESSAGE-----\n" + SHA_256 + "  b",
        SHA_256 + "  b\n5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be04  b",
      })
  void hostileOrBrokenIsRefusedWhole(String content) {
    assertThatThrownBy(() -> parse("b.sha256", SHA_256 + "  good\n" + content))
        .isInstanceOf(SidecarFormatException.class)
        .satisfies(e -> assertThat(((SidecarFormatException) e).line()).isPositive())
        .hasMessageMatching("[\\p{Print}]*");
  }

  @Test
  void emptyOnesNamelessOnesAndThoseBeyondALimitAreRefused() {
    assertThatThrownBy(() -> parse("b.sha256", "# only a comment\n"))
        .hasMessageContaining("no digest");
    assertThatThrownBy(() -> parse("SHA256SUMS", SHA_256)).hasMessageContaining("without a name");
    assertThatThrownBy(() -> parse("b.sha256", SHA_256 + "  " + "x".repeat(8500)))
        .hasMessageContaining("8500 characters");
    assertThatThrownBy(() -> parse("x", "ab12  y")).hasMessageContaining("no known digest");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= SidecarFile.MOST_ENTRIES; i++) {
      many.append(MD5).append("  ").append(i).append('\n');
    }
    assertThatThrownBy(() -> parse("MD5SUMS", many.toString()))
        .hasMessageContaining("100000 files");
    byte[] endless = new byte[SidecarFile.MOST_BYTES + 1];
    assertThatThrownBy(() -> SidecarFile.parse("x.md5", new ByteArrayInputStream(endless)))
        .hasMessageContaining("bytes");
    byte[] latin = (MD5 + "  caf\u00e9").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> SidecarFile.parse("x.md5", new ByteArrayInputStream(latin)))
        .hasMessageContaining("UTF-8");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whatIsWrittenIsRead(long seed) throws IOException {
    Random random = new Random(seed);
    String letters = "ab .*()=\\\n\r-#\u00e9\u4e2d";
    List<Sidecar> sidecars = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      StringBuilder name = new StringBuilder("n" + i);
      for (int length = random.nextInt(12); length > 0; length--) {
        name.append(letters.charAt(random.nextInt(letters.length())));
      }
      if (random.nextBoolean()) {
        name.insert(0, "dir/");
      }
      if (SidecarName.isInside(name.toString())) {
        sidecars.add(new Sidecar(name.toString(), new Digest(Algorithm.SHA_256, SHA_256)));
      }
    }
    assertThat(parse("SHA256SUMS", SidecarFile.format(sidecars)).entries()).isEqualTo(sidecars);
    assertThat(parse("sums", SidecarFile.formatTagged(sidecars)).entries()).isEqualTo(sidecars);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void noiseIsReadOrRefusedAndNeverLeadsOut(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder noise = new StringBuilder(random.nextBoolean() ? MD5 : "MD5 (x) = " + MD5);
      for (int edits = random.nextInt(6); edits > 0; edits--) {
        noise.insert(
            random.nextInt(noise.length() + 1), "./\\() =*\n-:0".charAt(random.nextInt(12)));
      }
      try {
        assertThat(parse("x.md5", noise.toString()).entries())
            .allMatch(each -> SidecarName.isInside(each.name()));
      } catch (SidecarFormatException refused) {
        assertThat(refused).hasMessageStartingWith("x.md5");
      }
    }
  }

  @Test
  void writesWhatTheToolsWrite() {
    Sidecar hello = hello(Algorithm.SHA_256, SHA_256);
    assertThat(SidecarFile.format(hello)).isEqualTo(SHA_256 + "  hello.txt\n");
    assertThat(SidecarFile.formatTagged(List.of(hello)))
        .isEqualTo("SHA256 (hello.txt) = " + SHA_256 + "\n");
    assertThatThrownBy(() -> SidecarFile.format(hello, hello(Algorithm.MD5, MD5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SidecarFile.format(hello(Algorithm.CRC32C, "01020304")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Sidecar("../x", hello.digest()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "x.iso.sha256, SHA_256, x.iso",
    "X.ISO.SHA256, SHA_256, X.ISO",
    "dir/x.sha512sum, SHA_512, x",
    "x.md5.txt, MD5, x",
    "SHA256SUMS, SHA_256,",
    "sha1sum.txt, SHA_1,",
    "tool_1.2_SHA256SUMS, SHA_256,",
    "x.iso, , ",
    "sha256, , ",
  })
  void namesTellAlgorithmAndFile(String sidecar, Algorithm algorithm, String file) {
    assertThat(SidecarName.algorithm(sidecar).orElse(null)).isEqualTo(algorithm);
    assertThat(SidecarName.file(sidecar).orElse(null)).isEqualTo(file);
  }

  @Test
  void candidatesOfAFileAreItsOwnAndThenThoseOfMany() {
    List<String> names =
        List.of(
            "MD5SUMS",
            "x.iso",
            "x.iso.md5",
            "CHECKSUMS.txt",
            "y.iso.sha512",
            "SHA256SUMS",
            "x.iso.sha256",
            "checksums.sha512",
            "x.iso.sha256.asc");
    assertThat(SidecarName.candidates("x.iso", names))
        .containsExactly(
            "x.iso.sha256",
            "x.iso.md5",
            "checksums.sha512",
            "SHA256SUMS",
            "MD5SUMS",
            "CHECKSUMS.txt");
  }

  @Test
  void anIndexKnowsWhatIsASidecarAndOfWhat() {
    SidecarIndex index =
        SidecarIndex.of(
            List.of("x", "x.sha256sum", "x.md5", "y.sha256sum", "SHA1SUMS", "tool.sha512", "z"));
    assertThat(index.own("x")).containsExactly("x.sha256sum", "x.md5");
    assertThat(index.own("z")).isEmpty();
    // that of x tells of x alone; of y.sha256sum there is no y, so that it may tell of others
    assertThat(index.shared()).containsExactly("y.sha256sum", "SHA1SUMS");
    assertThat(index.isSidecar("x.md5")).isTrue();
    assertThat(index.isSidecar("SHA1SUMS")).isTrue();
    assertThat(index.isSidecar("tool.sha512")).as("there is no file tool").isFalse();
    assertThat(index.isSidecar("x")).isFalse();
  }

  @Test
  void aNameIsFoundExactlyOrByItsLastSegment() throws IOException {
    String other = "0".repeat(64);
    SidecarFile file =
        parse("SHA256SUMS", SHA_256 + "  a/x\n" + other + "  b/x\n" + SHA_256 + "  b/y\n");
    assertThat(file.exactly("a/x").orElseThrow().digest().hex()).isEqualTo(SHA_256);
    assertThat(file.exactly("y")).isEmpty();
    assertThat(file.of("y").orElseThrow().digest().hex()).isEqualTo(SHA_256);
    assertThat(file.of("x")).as("two are called so").isEmpty();
  }

  @Test
  void namesAndLinesToWrite() {
    assertThat(SidecarName.ofFile("x.iso", Algorithm.SHA_256)).isEqualTo("x.iso.sha256");
    assertThat(SidecarName.ofTree(Algorithm.SHA_512)).isEqualTo("SHA512SUMS");
    assertThat(SidecarName.usual("x")).containsExactly("x.sha512", "x.sha256", "x.sha1", "x.md5");
    assertThatThrownBy(() -> SidecarName.ofFile("x", Algorithm.CRC32C))
        .isInstanceOf(IllegalArgumentException.class);
    Digest digest = new Digest(Algorithm.MD5, MD5);
    assertThat(SidecarFile.line(digest, "/a\\b")).isEqualTo("\\" + MD5 + "  /a\\\\b");
    assertThat(SidecarFile.shown("a\\b")).isEqualTo("a\\b");
    assertThat(SidecarFile.shown("a\n\\b")).isEqualTo("\\a\\n\\\\b");
  }

  @Test
  void fileIsCompared(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("hello.txt"), "hello\n");
    for (Sidecar each :
        List.of(
            hello(Algorithm.SHA_256, SHA_256),
            hello(Algorithm.SHA_512, SHA_512),
            hello(Algorithm.SHA_1, SHA_1),
            hello(Algorithm.MD5, MD5))) {
      SidecarCheck.verify(file, each);
    }
    Files.writeString(file, "hullo\n");
    assertThatThrownBy(() -> SidecarCheck.verify(file, hello(Algorithm.MD5, MD5)))
        .isInstanceOf(TransferException.Integrity.class)
        .hasMessageContaining(MD5);
    assertThatThrownBy(() -> SidecarCheck.verify(dir.resolve("none"), hello(Algorithm.MD5, MD5)))
        .isInstanceOf(TransferException.NotFound.class);
  }
}
