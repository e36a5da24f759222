package io.waybill.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexPageTest {
  private static final URI PUB = URI.create("http://h:8080/pub/");

  private static List<FileEntry> page(String html) throws IOException {
    return IndexPage.parse(html.getBytes(StandardCharsets.UTF_8), "utf-8", PUB);
  }

  private static List<FileEntry> index(String links) throws IOException {
    return page(
        "<html><head><title>Index of /pub/</title></head><body>" + links + "</body></html>");
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(IndexPageTest.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "apache", "apache-table", "lighttpd", "caddy", "python"})
  void everyServersPageNamesTheSame(String server) throws IOException {
    assertThat(IndexPage.parse(fixture(server + ".html"), null, PUB))
        .extracting(FileEntry::path, FileEntry::kind, FileEntry::sizeBytes)
        .containsExactlyInAnyOrder(
            tuple("sub dir", Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE),
            tuple("größe & 大.txt", Kind.FILE, FileEntry.UNKNOWN_SIZE),
            tuple("a+b.bin", Kind.FILE, FileEntry.UNKNOWN_SIZE));
  }

  @Test
  void aFileThatIsLinkedWithAQueryOnlyIsTold() throws IOException {
    assertThat(index("<a href='a?x=1'>x</a><a href='b?thumb'>i</a><a href='b'>b</a>"))
        .extracting(FileEntry::path, FileEntry::kind)
        .containsExactlyInAnyOrder(tuple("a?***", Kind.OTHER), tuple("b", Kind.FILE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?C=N;O=D",
        "../",
        "..",
        "/",
        "/pub/",
        "/pub",
        "./",
        "#top",
        "/other/file",
        "/pub/deeper/file",
        "deeper/file",
        "http://elsewhere/pub/file",
        "https://h:8080/pub/file",
        "//elsewhere/pub/file",
        "http://h:8080.elsewhere/pub/file",
        "http://h:80801/pub/file",
        "http://h/pub/file",
        "http://h:8080@elsewhere/pub/file",
        "//h.elsewhere:8080/pub/file",
        "http://h:8080",
        "http:pub/file",
        "./?sort=name&order=asc",
        "/pub/?C=M;O=A",
        "deeper/file?x=1",
        "mailto:a@b",
        "javascript:void(0)",
        "../pub2/file"
      })
  void linkThatLeadsElsewhereIsNoEntry(String href) throws IOException {
    assertThat(index("<a href='" + href + "'>x</a>")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file",
        "./file",
        "/pub/file",
        "http://h:8080/pub/file",
        "//h:8080/pub/file",
        "HTTP://H:8080/pub/file",
        "file#x"
      })
  void linkToOneNameBelowIsAnEntryHoweverItIsWritten(String href) throws IOException {
    assertThat(index("<a href='" + href + "'>x</a><a href='" + href + "'>again</a>"))
        .extracting(FileEntry::path)
        .containsExactly("file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..%2f..%2fetc%2fpasswd", "%2e%2e/", "a%00b", "a%0ab", "a%ffb", "a%2"})
  void linkThatCannotBeANameIsAnError(String href) {
    assertThatThrownBy(() -> index("<a href='" + href + "'>x</a>"))
        .isInstanceOf(HttpProtocolException.class);
  }

  @Test
  void nameWithAQuestionMarkIsANameLikeAnyOther() throws IOException {
    assertThat(index("<a href='a%3Fb'>x</a>"))
        .extracting(FileEntry::path, FileEntry::kind)
        .containsExactly(tuple("a?b", Kind.FILE));
  }

  @Test
  void otherPagesAreAnErrorAndNoEmptyListing() {
    for (String html :
        List.of(
            "<title>Welcome</title><a href='news'>news</a>",
            "",
            "<h1>Shop</h1><p>Index of prices</p><a href='../'>up</a>")) {
      assertThatThrownBy(() -> page(html))
          .isInstanceOf(HttpProtocolException.class)
          .hasMessageContaining("no index");
    }
  }

  @Test
  void emptyDirectoryIsAnEmptyListing() throws IOException {
    assertThat(index("<a href='../'>../</a>")).isEmpty();
  }

  @Test
  void entriesEndSomewhere() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= IndexPage.MOST_ENTRIES; i++) {
      many.append("<a href=").append(i).append('>');
    }
    assertThatThrownBy(() -> index(many.toString()))
        .isInstanceOf(HttpProtocolException.class)
        .hasMessageContaining("100000");
  }

  @Test
  void jsonOfNginxTellsSizesAndTimes() throws IOException {
    assertThat(
            JsonIndex.parse(
                """
                [
                { "name":"sub", "type":"directory", "mtime":"Thu, 29 Feb 2024 22:59:58 GMT" },
                { "name":"a \\"\\u5927\\" 100%.txt", "type":"file", "mtime":"Thu, 29 Feb 2024 22:59:58 GMT", "size":17 }
                ]
                """))
        .containsExactly(
            new FileEntry(
                "sub", Kind.DIRECTORY, -1, Optional.of(Instant.parse("2024-02-29T22:59:58Z"))),
            new FileEntry(
                "a \"大\" 100%.txt",
                Kind.FILE, 17, Optional.of(Instant.parse("2024-02-29T22:59:58Z"))));
  }

  @Test
  void jsonOfCaddyTellsSizesAndTimes() throws IOException {
    assertThat(
            JsonIndex.parse(
                """
                [{"name":"sub/","size":4096,"url":"./sub/","mod_time":"2024-02-29T22:59:58.123Z","mode":2147484141,"is_dir":true,"is_symlink":false},{"name":"b","size":0,"url":"./b","mod_time":"2024-02-29T22:59:58Z","mode":420,"is_dir":false,"is_symlink":false}]
                """))
        .extracting(FileEntry::path, FileEntry::kind, FileEntry::sizeBytes)
        .containsExactly(tuple("sub", Kind.DIRECTORY, -1L), tuple("b", Kind.FILE, 0L));
    assertThat(JsonIndex.parse("[]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[{}]",
        "[{\"name\":\"a\"}]",
        "[{\"name\":\"../a\",\"type\":\"file\"}]",
        "[{\"name\":\"..\",\"type\":\"directory\"}]",
        "[{\"name\":\"a\\u0000\",\"type\":\"file\"}]",
        "[{\"name\":\"a\",\"type\":\"file\",\"size\":-1}]",
        "[{\"name\":\"a\",\"type\":\"file\"}",
        "[] x",
        "[{\"name\":\"a",
        "[{\"name\":[1]}]"
      })
  void otherJsonIsAnError(String json) {
    assertThatThrownBy(() -> JsonIndex.parse(json)).isInstanceOf(HttpProtocolException.class);
  }
}
