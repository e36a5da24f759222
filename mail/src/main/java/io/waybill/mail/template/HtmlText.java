package io.waybill.mail.template;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.select.NodeTraversor;

/**
 * Turns HTML into plain text for people whose mail program shows no HTML.
 *
 * <p>Paragraphs are divided by blank lines and wrapped at 76 columns; h1 and h2 are underlined;
 * lists are marked and indented, quotes begin with {@code >}, tables of data get columns where they
 * fit and {@code |} between their cells where they do not, tables that only lay out a page are read
 * cell by cell. Links appear as {@code text <address>}, images by their alternative text. What a
 * browser does not show (head, scripts, styles, {@code hidden}, {@code display:none}) is left out.
 */
public final class HtmlText {
  private HtmlText() {}

  /**
   * Returns the text, with lines divided by LF and none at the end; empty if nothing is to be seen.
   *
   * <p>Takes anything: what is no HTML is text. Time and memory grow with the length of the HTML,
   * however deep it nests. After 10,485,760 characters the text ends with {@code [...]}.
   */
  public static String of(String html) {
    return of(Jsoup.parse(html));
  }

  static String of(Document document) {
    TextLayout layout = new TextLayout();
    // neither recurses, so depth costs no stack
    NodeTraversor.filter(new TextVisitor(layout, TableShapes.grids(document)), document);
    return layout.finish();
  }
}
