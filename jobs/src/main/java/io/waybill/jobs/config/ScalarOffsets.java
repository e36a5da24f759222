package io.waybill.jobs.config;

/**
 * Finds the place in the file of a character of a scalar's value. The two differ by quotes,
 * escapes, folding and indentation; the dollar and brace that open an expression survive all of
 * these, so the n-th in the value is the n-th in the file.
 */
final class ScalarOffsets {
  private static final String MARK = "${";

  private ScalarOffsets() {}

  static Origin at(YamlNode.Scalar node, int offset) {
    String value = node.text();
    String raw = node.origin().raw();
    int inValue = -1;
    int inRaw = -1;
    int next = value.indexOf(MARK);
    while (next >= 0 && next <= offset) {
      inValue = next;
      inRaw = raw.indexOf(MARK, inRaw + 1);
      next = value.indexOf(MARK, next + 1);
    }
    if (inValue < 0 || inRaw < 0) {
      return node.origin();
    }
    int beyond = Math.min(offset, value.length()) - inValue;
    boolean same = raw.regionMatches(inRaw, value, inValue, beyond);
    return node.origin().from(node.origin().start() + inRaw + (same ? beyond : 0));
  }
}
