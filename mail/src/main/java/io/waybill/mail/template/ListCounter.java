package io.waybill.mail.template;

import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/** Marks the items of one list. */
final class ListCounter {
  static final String BULLET = "* ";

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");

  private final boolean numbered;
  private long next;

  ListCounter(Element list) {
    numbered = list.nameIs("ol");
    next = number(list.attr("start"), 1);
  }

  String mark(Element item) {
    if (!numbered) {
      return BULLET;
    }
    long number = number(item.attr("value"), next);
    next = number + 1;
    return number + ". ";
  }

  private static long number(String text, long otherwise) {
    return NUMBER.matcher(text).matches() ? Long.parseLong(text) : otherwise;
  }
}
