package io.waybill.mail.template;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/**
 * Tells tables of data from those that lay out a page, as most tables in mails do: data is in rows
 * of two cells or more, with at most one paragraph in each and nothing larger.
 */
final class TableShapes implements NodeVisitor {
  private static final Set<String> TOO_LARGE =
      Set.of(
          "blockquote",
          "dl",
          "figure",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "hr",
          "ol",
          "pre",
          "ul");

  private final Set<Element> grids = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Shape> open = new ArrayDeque<>();

  private TableShapes() {}

  /** Returns the tables of data. */
  static Set<Element> grids(Document document) {
    TableShapes shapes = new TableShapes();
    NodeTraversor.traverse(shapes, document);
    return shapes.grids;
  }

  @Override
  public void head(Node node, int depth) {
    String name = node.normalName();
    Shape shape = open.peek();
    if (shape != null) {
      switch (name) {
        case "table" -> shape.grid = false;
        case "tr" -> shape.cells = 0;
        case "td", "th" -> {
          shape.cells++;
          shape.mostCells = Math.max(shape.mostCells, shape.cells);
          shape.paragraphs = 0;
        }
        case "p", "div" -> {
          shape.paragraphs++;
          shape.grid &= shape.paragraphs == 1;
        }
        default -> shape.grid &= !TOO_LARGE.contains(name);
      }
    }
    if (name.equals("table")) {
      open.push(new Shape());
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (node instanceof Element table && table.normalName().equals("table")) {
      Shape shape = open.pop();
      if (shape.grid && shape.mostCells > 1) {
        grids.add(table);
      }
    }
  }

  /** Counts what was seen of one table. */
  private static final class Shape {
    private boolean grid = true;
    private int cells;
    private int mostCells;
    private int paragraphs;
  }
}
