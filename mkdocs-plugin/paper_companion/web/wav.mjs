// Sounds as the bridge takes them: WAV files of 16-bit samples.

const RATE = 48_000;
const PCM = 1;

/**
 * The file itself when it is such a WAV; else what the browser decodes of it, at the rate of a WAV file, or at 48 kHz.
 * Rejects when the browser cannot decode it.
 *
 * @param {Uint8Array} bytes
 */
export async function asWav(bytes) {
  const facts = wavFacts(bytes);
  if (facts?.format === PCM && facts.bits === 16) return bytes;
  const context = new OfflineAudioContext(1, 1, facts?.rate ?? RATE);
  const sound = await context.decodeAudioData(bytes.slice().buffer);
  return encoded(
    Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel)),
    sound.sampleRate,
  );
}

/** What the head of a WAV file says; null for any other file. @param {Uint8Array} bytes */
function wavFacts(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (/** @type {number} */ start) => String.fromCharCode(...bytes.subarray(start, start + 4));
  if (text(0) !== "RIFF" || text(8) !== "WAVE") return null;
  for (let start = 12; start + 24 <= bytes.length; start += 8 + view.getUint32(start + 4, true)) {
    if (text(start) !== "fmt ") continue;
    const at = start + 8;
    return { format: view.getUint16(at, true), rate: view.getUint32(at + 4, true), bits: view.getUint16(at + 14, true) };
  }
  return null;
}

/** @param {Float32Array[]} channels samples from -1 to 1 @param {number} rate in hertz */
function encoded(channels, rate) {
  const frames = channels[0].length;
  const width = 2 * channels.length;
  const bytes = new Uint8Array(44 + width * frames);
  const view = new DataView(bytes.buffer);
  const text = (/** @type {number} */ at, /** @type {string} */ word) => bytes.set(new TextEncoder().encode(word), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * width, true);
  view.setUint16(32, width, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, width * frames, true);
  let at = 44;
  for (let frame = 0; frame < frames; frame += 1)
    for (const samples of channels) {
      view.setInt16(at, Math.round(32767 * Math.min(1, Math.max(-1, samples[frame]))), true);
      at += 2;
    }
  return bytes;
}
