package io.waybill.mail.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.Message;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlTextTest {
  static Stream<Arguments> fragments() {
    return Stream.of(
        fragment("nothing", "", ""),
        fragment("plain text", "just  text\n here", "just text here"),
        fragment("inline elements divide no words", "a<b>b</b>c <i>d</i>, e", "abc d, e"),
        fragment("paragraphs", "<p>a\n b</p><p>c</p>", "a b\n\nc"),
        fragment("blocks", "<div>a</div><div>b<div>c</div></div>d", "a\nb\nc\nd"),
        fragment("empty paragraphs", "<p>a</p><p>&nbsp;</p><p></p><p>b</p>", "a\n\nb"),
        fragment("line breaks", "a<br>b<br/><br><br>c<br>", "a\nb\n\nc"),
        fragment(
            "headings",
            "<h1>Big</h1>a<h2>Less</h2><h3>Small</h3>b",
            "Big\n===\n\na\n\nLess\n----\n\nSmall\n\nb"),
        fragment("empty heading", "<h1></h1>a", "a"),
        fragment("list", "<p>x</p><ul><li>a</li><li>b <b>c</b></ul>y", "x\n\n* a\n* b c\n\ny"),
        fragment(
            "numbered list", "<ol><li>a<li>b<li value=9>c<li>d</ol>", "1. a\n2. b\n9. c\n10. d"),
        fragment("list from 3", "<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        fragment("list with a mad start", "<ol start=99999999999><li>a</ol>", "1. a"),
        fragment(
            "nested lists",
            "<ul><li>a<ol><li>b<li>c</ol>d</li><li>e</ul>",
            "* a\n  1. b\n  2. c\n  d\n* e"),
        fragment(
            "paragraphs in items",
            "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>",
            "* a\n\n  b\n\n* c"),
        fragment("item without list", "<li>a</li>", "* a"),
        fragment("empty items", "<ul><li></li><li>a</ul>", "* a"),
        fragment("definitions", "<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\n    b\nc\n    d"),
        fragment("rule", "a<hr>b", "a\n\n" + "-".repeat(76) + "\n\nb"),
        fragment("quote", "a<blockquote>b<p>c</p></blockquote>d", "a\n\n> b\n>\n> c\n\nd"),
        fragment(
            "nested quote",
            "<blockquote>a<blockquote>b</blockquote>c</blockquote>",
            "> a\n>\n> > b\n>\n> c"),
        fragment("list in a quote", "<blockquote><ul><li>a<li>b</ul></blockquote>", "> * a\n> * b"),
        fragment("pre", "<p>x</p><pre>\na  b\n\n\n   c\n</pre>y", "x\n\na  b\n\n\n   c\n\ny"),
        fragment("pre with CRLF", "<pre>a\r\nb<br>c</pre>", "a\nb\nc"),
        fragment(
            "link",
            "see <a href='https://example.org/x'>the page</a>.",
            "see the page <https://example.org/x>."),
        fragment(
            "link that says itself",
            "<a href='https://example.org/'>https://example.org</a> <a href='http://example.org/x'>example.org/x</a>",
            "https://example.org example.org/x"),
        fragment(
            "mail link",
            "<a href='mailto:a@example.org?subject=x'>A@example.org</a> <a href='mailto:b@example.org'>B</a>",
            "A@example.org B <mailto:b@example.org>"),
        fragment(
            "links that lead nowhere",
            "<a href='javascript:alert(1)'>a</a> <a href='#top'>b</a> <a>c</a> <a href='cid:x'>d</a>",
            "a b c d"),
        fragment(
            "link around an image",
            "<a href='https://e.org/'><img src=x alt=Shop></a>",
            "Shop <https://e.org/>"),
        fragment(
            "link around nothing",
            "<a href='https://e.org/ a<b'><img src=x></a>",
            "<https://e.org/%20a%3Cb>"),
        fragment(
            "link around blocks",
            "<a href='https://e.org'><div>a</div><div>b</div></a>",
            "a\nb\n<https://e.org>"),
        fragment("images", "a<img alt='the logo' src=x>b<img src=y>c", "a the logo b c"),
        fragment(
            "entities",
            "&lt;a&gt; &amp; &uuml;&#8364;&#x1F600; &nosuchentity;",
            "<a> & ü€😀 &nosuchentity;"),
        fragment("no-break spaces", "10&nbsp;EUR&nbsp;&nbsp;x", "10 EUR  x"),
        fragment(
            "unseen",
            "<head><title>t</title><style>s</style></head>a<script>b</script><style>c</style><p hidden>d</p><div style='color:red; DISPLAY : none'>e<p>f</p></div><template>g</template><!-- h -->i",
            "ai"),
        fragment(
            "preheader padding", "a&#8203;b&shy;c<div>&nbsp;&zwnj;&nbsp;&zwnj;</div>d", "abc\nd"),
        fragment("controls", "a&#1;b\0c\u0007d\u001b[31me", "abcd[31me"),
        fragment("lone surrogates", "a\ud800b\udc00", "a\ufffdb\ufffd"),
        fragment(
            "table",
            "<table><tr><th>File</th><th>Size</th></tr><tr><td>a.csv</td><td>12</td></tr><tr><td>long name.csv</td><td>1234567</td></tr></table>x",
            "File          | Size\n--------------+--------\na.csv         | 12\nlong name.csv | 1234567\n\nx"),
        fragment(
            "table without a header",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>cc</td></tr></table>",
            "a  | b\ncc |"),
        fragment(
            "table with row headers",
            "<table><tr><th>a</th><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>",
            "a | b\nc | d"),
        fragment(
            "table with spans and caption",
            "<table><caption>Costs</caption><tr><td>a</td><td>b</td><td>1</td></tr><tr><td colspan=2>sum</td><td>1</td></tr></table>",
            "Costs\na   | b | 1\nsum |   | 1"),
        fragment(
            "paragraphs and breaks in cells",
            "<table><tr><td><p>a<br>b</p></td><td><div>c</div></td></tr></table>",
            "a b | c"),
        fragment(
            "table that lays out",
            "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr><tr><td><p>c</p><p>d</p></td><td>e</td></tr></table>",
            "a | b\n\nc\n\nd\n\ne"),
        fragment(
            "table of one column", "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb"),
        fragment(
            "link in a cell",
            "<table><tr><td><a href='https://e.org/1'>one</a></td><td>x</td></tr></table>",
            "one <https://e.org/1> | x"),
        fragment("broken markup", "<p>a<b>b</p>c</i></div><<<>&", "ab\n\nc<<<>&"));
  }

  private static Arguments fragment(String what, String html, String text) {
    return Arguments.of(what, html, text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fragments")
  void reads(String what, String html, String text) {
    assertThat(HtmlText.of(html)).isEqualTo(text);
  }

  @Test
  void wrapsWordsButNeitherAddressesNorPreformattedText() {
    String address = "https://example.org/" + "a".repeat(100);
    String text =
        HtmlText.of(
            "<p>"
                + "word ".repeat(40)
                + address
                + " end</p><ul><li>"
                + "item ".repeat(30)
                + "</ul><pre>"
                + "x ".repeat(60)
                + "</pre>");
    List<String> lines = text.lines().toList();
    assertThat(lines).contains(address, "x ".repeat(60).strip());
    assertThat(lines.get(0)).isEqualTo("word ".repeat(15).strip());
    assertThat(lines)
        .filteredOn(line -> !line.startsWith("http") && !line.startsWith("x "))
        .allMatch(line -> line.length() <= 76);
    assertThat(lines)
        .contains("* " + "item ".repeat(15).strip(), "  " + "item ".repeat(15).strip());
  }

  @Test
  void wrapsChineseAtTwoColumnsACharacterButNoAddressInIt() {
    String text = HtmlText.of("<p>" + "漢字".repeat(30) + "。https://example.org/a-b/c</p>");
    assertThat(text.lines().findFirst()).hasValue("漢字".repeat(19));
    assertThat(text).contains("https://example.org/a-b/c");
  }

  @Test
  void writesATableThatIsTooWideAsWrappedRows() {
    String digest = "sha-256:" + "0".repeat(64);
    assertThat(
            HtmlText.of(
                "<table><tr><th>File</th><th>Digest</th></tr><tr><td>a.csv</td><td>"
                    + digest
                    + "</td></tr></table>"))
        .isEqualTo("File | Digest\n" + "-".repeat(76) + "\na.csv |\n  " + digest);
  }

  @Test
  void indentsOnlySoDeepThatTextHasRoom() {
    String text = HtmlText.of("<blockquote>".repeat(50) + "word ".repeat(30));
    assertThat(text.lines().toList())
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.startsWith("> ".repeat(18) + "word") && line.length() <= 76);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<div>",
        "<b>",
        "<table><tr><td>",
        "<ul><li>",
        "<ol><li><p>",
        "<a href='https://e.org'>",
        "<blockquote>",
        "<p>",
        "<h1>",
        "<dl><dd>",
        "<font size=1>",
        "<select><option>",
        "<pre>",
        "<td>",
        "</p>",
        "<li>",
        "</li>",
        "<x y=",
        "<![CDATA["
      })
  void readsThousandsOfElementsNestedInEachOther(String tag) {
    assertThat(HtmlText.of(tag.repeat(20_000) + "<p>deep")).isNotNull();
  }

  @Test
  void keepsTheTextOfElementsHoweverDeep() {
    assertThat(HtmlText.of("<div>".repeat(100_000) + "deep" + "</div>".repeat(100_000) + "end"))
        .isEqualTo("deep\nend");
  }

  @Test
  void endsATextThatWouldGrowWithoutBound() {
    String html = "<blockquote>".repeat(18) + "<pre>" + "a\n".repeat(400_000);
    assertThat(HtmlText.of(html))
        .hasSizeBetween(TextLayout.MAX_CHARACTERS, TextLayout.MAX_CHARACTERS + 100)
        .endsWith("\n[...]");
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void makesATextThatAMessageTakesOfAnything(int seed) {
    Random random = new Random(seed);
    List<String> scraps =
        List.of(
            "<p>",
            "</p>",
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<th>",
            "<ul>",
            "</ul>",
            "<ol start=-3>",
            "<li>",
            "</li>",
            "<a href=https://e.org>",
            "</a>",
            "<pre>",
            "</pre>",
            "<h1>",
            "</h1>",
            "<blockquote>",
            "</blockquote>",
            "<br>",
            "<hr>",
            "<dd>",
            "</dl>",
            "<img alt=x>",
            "<b>",
            "</b>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<svg>",
            "</svg>",
            "<frameset>",
            "<body hidden>",
            "<template>",
            "</template>",
            "<option>",
            "</select>",
            "<td colspan=9999>",
            "&nbsp;",
            "&#0;",
            "&#xd800;",
            "&amp",
            "\r",
            "\n",
            "\0",
            "\ud800",
            "word ",
            "漢字",
            "<",
            ">",
            "'",
            "\"",
            "=");
    String html =
        random
            .ints(random.nextInt(200), 0, scraps.size())
            .mapToObj(scraps::get)
            .collect(Collectors.joining());
    String text = HtmlText.of(html);
    Message.builder().text(text);
    assertThat(text.chars().filter(c -> Character.isISOControl(c) && c != '\n' && c != '\t'))
        .isEmpty();
    assertThat(text).isEqualTo(HtmlText.of(html)).doesNotContain(" \n");
  }
}
