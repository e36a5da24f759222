package io.waybill.mail.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InlineImagesTest {
  @TempDir private Path directory;
  private Path base;

  @BeforeEach
  void layOutFiles() throws IOException {
    base = Files.createDirectories(directory.resolve("base"));
    Files.createDirectories(base.resolve("images/dir.png"));
    Files.write(base.resolve("images/logo.png"), new byte[] {1, 2, 3});
    Files.write(base.resolve("my logo ü.JPG"), new byte[] {4});
    Files.write(base.resolve("x%2e.gif"), new byte[] {5});
    Files.write(base.resolve("list.csv"), new byte[] {6});
    Files.write(directory.resolve("outside.png"), new byte[] {7});
    Files.createDirectories(directory.resolve("base2"));
    Files.write(directory.resolve("base2/near.png"), new byte[] {8});
    Files.createSymbolicLink(base.resolve("inside.png"), base.resolve("images/logo.png"));
    Files.createSymbolicLink(base.resolve("out.png"), directory.resolve("outside.png"));
    Files.createSymbolicLink(base.resolve("outdir"), directory);
    Files.createSymbolicLink(base.resolve("list.png"), base.resolve("list.csv"));
    Files.createSymbolicLink(base.resolve("loop.png"), base.resolve("loop.png"));
    Files.createSymbolicLink(base.resolve("dangling.png"), directory.resolve("gone.png"));
  }

  @Test
  void takesTheFilesOfImagesIntoTheMail() throws IOException {
    RenderedMail mail =
        render(
            """
            <!--[if mso]><img src="gone.png"><![endif]-->
            <p><IMG alt='A' SRC = 'images/logo.png' width=1>
            <img src=./my%20logo%20%C3%BC.JPG><img src="images/logo.png"/>
            <img src=" inside.png "><img src='x%252e.gif'>
            """);
    assertThat(mail.html())
        .hasValue(
            """
            <!--[if mso]><img src="gone.png"><![endif]-->
            <p><IMG alt='A' SRC = 'cid:image1@waybill' width=1>
            <img src=cid:image2@waybill><img src="cid:image1@waybill"/>
            <img src="cid:image1@waybill"><img src='cid:image3@waybill'>
            """);
    List<InlineImage> images = mail.inlineImages();
    assertThat(images)
        .extracting(InlineImage::contentId)
        .containsExactly("image1@waybill", "image2@waybill", "image3@waybill");
    assertThat(images)
        .extracting(image -> image.attachment().name())
        .containsExactly("logo.png", "my logo ü.JPG", "x%2e.gif");
    assertThat(images)
        .extracting(image -> image.attachment().contentType())
        .containsExactly("image/png", "image/jpeg", "image/gif");
    try (InputStream in = images.get(0).attachment().open()) {
      assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
    }
    assertThat(mail.text()).isEqualTo("A");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/a.png",
        "HTTPS://example.org/../a.png?x#y",
        "data:image/png;base64,AAAA",
        "cid:mine@example.org"
      })
  void leavesOtherAddressesAsTheyAre(String address) {
    String html = "<img src=\"" + address + "\">";
    RenderedMail mail = render(html);
    assertThat(mail.html()).hasValue(html);
    assertThat(mail.inlineImages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "../outside.png               | names a path with '..': only those below the base directory may be",
        "images/../images/logo.png    | names a path with '..': only those below the base directory may be",
        "%2e%2e/outside.png           | names a path with '..': only those below the base directory may be",
        "..%2Foutside.png             | names a path with '..': only those below the base directory may be",
        "&#46;./outside.png           | names a path with '..': only those below the base directory may be",
        "%252e%252e/outside.png       | names a file that is not below the base directory",
        "/etc/passwd                  | names an absolute path: only those below the base directory may be",
        "//example.org/a.png          | names an absolute path: only those below the base directory may be",
        "%2Fetc/passwd                | names an absolute path: only those below the base directory may be",
        "..\\outside.png              | names a path with a backslash, a colon or a control character",
        "images%5Clogo.png            | names a path with a backslash, a colon or a control character",
        "images/logo.png%00           | names a path with a backslash, a colon or a control character",
        "a%0Ab.png                    | names a path with a backslash, a colon or a control character",
        "./c:/a.png                   | names a path with a backslash, a colon or a control character",
        "file:///etc/passwd           | has a scheme other than http, https, data and cid",
        "C:/outside.png               | has a scheme other than http, https, data and cid",
        "javascript:alert(1)          | has a scheme other than http, https, data and cid",
        "out.png                      | leads out of the base directory",
        "outdir/outside.png           | leads out of the base directory",
        "outdir/base2/near.png        | leads out of the base directory",
        "outdir/base/list.csv         | names a file that is no png, jpg, jpeg, gif, svg or webp",
        "list.csv                     | names a file that is no png, jpg, jpeg, gif, svg or webp",
        "list.png                     | names a file that is no png, jpg, jpeg, gif, svg or webp",
        "images/dir.png               | names something that is not a regular file",
        "images                       | names something that is not a regular file",
        ".                            | names something that is not a regular file",
        "gone.png                     | names a file that is not below the base directory",
        "dangling.png                 | names a file that is not below the base directory",
        "loop.png                     | names a file that cannot be reached",
        "list.csv/logo.png            | names a file that cannot be reached",
        "images/logo.png?v=2          | names a file with a query or a fragment",
        "images/logo.png#x            | names a file with a query or a fragment",
        "images/logo%2.png            | has a percent sign that encodes nothing",
        "images/logo.png%2            | has a percent sign that encodes nothing",
        "images/logo%zz.png           | has a percent sign that encodes nothing",
        "images/logo%ff.png           | has percent signs that encode no UTF-8",
        "\"\"                         | names no file",
      })
  void refusesWhatMayNotBeRead(String src, String why) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> render("<p>\n\n<img alt=x\n src='" + src + "'>"))
        .withMessage("img src on line 4 of the rendered HTML " + why);
  }

  @Test
  void refusesWhatDataWouldLeadTo() {
    MailTemplate template =
        MailTemplate.builder().html("<img src=\"{{v}}\">").baseDirectory(base).build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of("v", "../outside.png")))
        .withMessageNotContaining("outside");
    assertThat(template.render(Map.of("v", "images/logo.png")).inlineImages()).hasSize(1);
  }

  @Test
  void readsNoImageOfEscapedData() {
    RenderedMail mail =
        MailTemplate.builder()
            .html("<p>{{v}}</p>")
            .baseDirectory(base)
            .build()
            .render(Map.of("v", "<img src=images/logo.png>"));
    assertThat(mail.inlineImages()).isEmpty();
  }

  @Test
  void refusesFilesWithoutABaseDirectory() {
    MailTemplate template = MailTemplate.builder().html("<img src=a.png>").build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of()))
        .withMessage(
            "img src on line 1 of the rendered HTML names a file, but no base directory was given");
  }

  @Test
  void refusesImagesThatAreTooLarge() throws IOException {
    sparse("large.png", InlineImages.MAX_IMAGE_BYTES + 1);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> render("<img src=large.png>"))
        .withMessageEndingWith("names a file larger than 10485760 bytes");
    for (String name : List.of("1.png", "2.png", "3.png")) {
      sparse(name, 9 << 20);
    }
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> render("<img src=1.png><img src=2.png>\n<img src=3.png>"))
        .withMessage(
            "img src on line 2 of the rendered HTML makes the images larger than 26214400 bytes in"
                + " all");
  }

  private void sparse(String name, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(base.resolve(name).toFile(), "rw")) {
      file.setLength(length);
    }
  }

  @Test
  void numbersImagesAsTheyStandThoughTheParserMovesThem() {
    RenderedMail mail =
        render(
            "<table><tr><td><img src='images/logo.png'></td></tr><img src=\"x%252e.gif\"></table>");
    assertThat(mail.html())
        .hasValue(
            "<table><tr><td><img src='cid:image1@waybill'></td></tr>"
                + "<img src=\"cid:image2@waybill\"></table>");
  }

  @Test
  void keepsTheRestOfTheHtmlByteForByte() {
    String around = "<P CLASS=x>ü&nbsp;\r\n<b><i>a</b></i><td>\u00a0<o:p></o:p>😀<br/>";
    // longer than any buffer of a parser
    String much = around.repeat(3000);
    assertThat(render(much + "<img src=images/logo.png>" + much).html())
        .hasValue(much + "<img src=cid:image1@waybill>" + much);
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void changesNothingButAddressesWhateverTheMarkup(int seed) {
    Random random = new Random(seed);
    List<String> scraps =
        List.of(
            "<img src=images/logo.png>",
            "<img src='images/logo.png' src=b>",
            "<IMG a SRC =\n\"images/logo.png\"/>",
            "<image src=images/logo.png>",
            "<b>",
            "</b>",
            "<p>",
            "</p>",
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "<a>",
            "</a>",
            "<nobr>",
            "<svg>",
            "</svg>",
            "<math>",
            "<template>",
            "</template>",
            "<noscript>",
            "<select>",
            "</select>",
            "<textarea>",
            "</textarea>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<title>",
            "</title>",
            "<head>",
            "<body>",
            "<frameset>",
            "\r\n",
            "ü",
            "😀",
            "&amp;",
            "<",
            ">",
            "'",
            "\"",
            "=");
    String html =
        random
            .ints(random.nextInt(100), 0, scraps.size())
            .mapToObj(scraps::get)
            .collect(Collectors.joining());
    assertThat(render(html).html().orElseThrow().replace("cid:image1@waybill", "images/logo.png"))
        .isEqualTo(html);
  }

  @Test
  void knowsTheTypesOfImages() {
    assertThat(
            List.of("a.png", "a.jpg", "a.jpeg", "a.gif", "a.svg", "a.webp").stream()
                .map(name -> Attachment.of(name, new byte[0]).contentType()))
        .containsExactly(
            "image/png", "image/jpeg", "image/jpeg", "image/gif", "image/svg+xml", "image/webp");
  }

  private RenderedMail render(String html) {
    return MailTemplate.builder().html(html).baseDirectory(base).build().render(Map.of());
  }
}
