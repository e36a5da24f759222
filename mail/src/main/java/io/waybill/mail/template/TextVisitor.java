package io.waybill.mail.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jspecify.annotations.Nullable;

/** Walks through the elements of a page and tells the layout what each of them means. */
final class TextVisitor implements NodeFilter {
  private static final Set<String> UNSEEN =
      Set.of(
          "audio",
          "canvas",
          "datalist",
          "head",
          "iframe",
          "noframes",
          "object",
          "script",
          "select",
          "style",
          "svg",
          "template",
          "textarea",
          "title",
          "video");
  private static final Set<String> PARAGRAPHS = Set.of("figure", "h3", "h4", "h5", "h6", "p");
  private static final Set<String> LINES =
      Set.of(
          "address",
          "article",
          "aside",
          "body",
          "caption",
          "center",
          "details",
          "dialog",
          "div",
          "dt",
          "fieldset",
          "figcaption",
          "footer",
          "form",
          "header",
          "hgroup",
          "legend",
          "main",
          "nav",
          "option",
          "search",
          "section",
          "summary",
          "tbody",
          "tfoot",
          "thead");

  private final TextLayout layout;
  private final Set<Element> grids;
  private final Deque<ListCounter> lists = new ArrayDeque<>();
  private final Deque<TextLink> links = new ArrayDeque<>();
  private @Nullable TextTable table;
  private int literal;

  TextVisitor(TextLayout layout, Set<Element> grids) {
    this.layout = layout;
    this.grids = grids;
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode text) {
      say(text.getWholeText());
    } else if (node instanceof Element element) {
      if (UNSEEN.contains(element.normalName()) || isHidden(element)) {
        return FilterResult.SKIP_ENTIRELY;
      }
      open(element);
    }
    return layout.isFull() ? FilterResult.STOP : FilterResult.CONTINUE;
  }

  @Override
  public FilterResult tail(@Nullable Node node, int depth) {
    if (node instanceof Element element) {
      close(element);
    }
    return layout.isFull() ? FilterResult.STOP : FilterResult.CONTINUE;
  }

  private static boolean isHidden(Element element) {
    if (element.hasAttr("hidden")) {
      return true;
    }
    String style = element.attr("style").toLowerCase(Locale.ROOT);
    return style.contains("display") && style.replaceAll("\\s+", "").contains("display:none");
  }

  private void open(Element element) {
    switch (element.normalName()) {
      case "a" -> links.push(new TextLink(element.attr("href")));
      case "img" -> say(" " + element.attr("alt") + " ");
      case "br" -> lineBreak();
      case "hr" -> rule();
      case "h1", "h2" -> {
        block(true);
        layout.measure();
      }
      case "ul", "ol", "dl", "menu", "dir" -> {
        block(lists.isEmpty());
        lists.push(new ListCounter(element));
      }
      case "li" -> {
        block(false);
        String mark = lists.isEmpty() ? ListCounter.BULLET : lists.peek().mark(element);
        layout.indent(mark, " ".repeat(mark.length()));
      }
      case "dd" -> {
        block(false);
        layout.indent("    ", "    ");
      }
      case "blockquote" -> {
        block(true);
        layout.indent("> ", "> ");
      }
      case "pre" -> {
        block(true);
        literal++;
      }
      case "table" -> {
        block(true);
        table = grids.contains(element) ? new TextTable() : table;
      }
      case "tr" -> row();
      case "td", "th" -> cell(element.nameIs("th"));
      default -> around(element.normalName());
    }
  }

  private void close(Element element) {
    switch (element.normalName()) {
      case "a" -> write(links.pop().address());
      case "h1" -> heading("=");
      case "h2" -> heading("-");
      case "ul", "ol", "dl", "menu", "dir" -> {
        lists.pop();
        block(lists.isEmpty());
      }
      case "li", "dd" -> {
        block(false);
        layout.outdent();
      }
      case "blockquote" -> {
        block(false);
        layout.outdent();
        block(true);
      }
      case "pre" -> {
        literal--;
        block(true);
      }
      case "table" -> {
        if (table != null && grids.contains(element)) {
          TextTable complete = table;
          table = null;
          complete.writeTo(layout);
        }
        block(true);
      }
      case "td", "th" -> {
        if (table != null) {
          table.endCell(element.attr("colspan"));
        } else {
          block(false);
        }
      }
      default -> around(element.normalName());
    }
  }

  private void around(String name) {
    if (PARAGRAPHS.contains(name)) {
      block(true);
    } else if (LINES.contains(name)) {
      block(false);
    }
  }

  private void heading(String line) {
    block(false);
    layout.underline(line);
    block(true);
  }

  private void rule() {
    layout.block(true);
    layout.line("-".repeat(layout.room()));
    layout.block(true);
  }

  private void row() {
    if (table != null) {
      table.row();
    } else {
      block(false);
    }
  }

  private void cell(boolean header) {
    if (table != null) {
      table.cell(header);
    } else {
      block(false);
    }
  }

  private void lineBreak() {
    if (isInCell()) {
      write(" ");
    } else {
      layout.lineBreak();
    }
  }

  private void block(boolean blankLine) {
    if (isInCell()) {
      write(" ");
    } else {
      layout.block(blankLine);
    }
  }

  private boolean isInCell() {
    return table != null && table.inCell();
  }

  private void say(String text) {
    String clean = Characters.clean(text);
    if (!links.isEmpty()) {
      links.peek().say(clean);
    }
    write(clean);
  }

  private void write(String text) {
    if (table != null && table.inCell()) {
      table.text(text);
    } else if (literal > 0) {
      layout.literal(text);
    } else {
      layout.text(text);
    }
  }
}
