package dev.chronodesk.identity.mfa;

import com.google.errorprone.annotations.FormatMethod;
import io.nayuki.qrcodegen.QrCode;
import java.util.Locale;

/**
 * A QR code as a picture that clients put behind {@code data:image/svg+xml;utf-8,} without encoding it: so it has none
 * of the characters that mean something in an address or end an attribute, such as {@code #}, {@code %} and the double
 * quote.
 */
public final class SvgQrCode {

    /** Modules left white around it, which readers need (ISO/IEC 18004). */
    static final int MARGIN = 4;

    private static final int PIXELS = 256;

    private SvgQrCode() {}

    /**
     * That text as a picture.
     *
     * @throws io.nayuki.qrcodegen.DataTooLongException when it has more than 2,300 bytes or so
     */
    public static String of(String text) {
        var code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        var path = new StringBuilder();
        for (var y = 0; y < code.size; y++)
            for (var x = 0; x < code.size; ) {
                var from = x;
                while (x < code.size && code.getModule(x, y)) x++;
                if (x > from) {
                    var width = x - from;
                    path.append(drawn("M%d %dh%dv1h-%dz", from + MARGIN, y + MARGIN, width, width));
                } else x++;
            }
        var size = code.size + 2 * MARGIN;
        return drawn(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d'"
                        + " shape-rendering='crispEdges'><rect width='%d' height='%d' fill='white'/>"
                        + "<path fill='black' d='%s'/></svg>",
                PIXELS, PIXELS, size, size, size, size, path);
    }

    /** Numbers in the digits that SVG reads, whatever the machine's language. */
    @FormatMethod
    private static String drawn(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
