"""The demo as a Gradio interface: python demo/app_gradio.py"""

import gradio as gr
import numpy as np
from edges import edges


def find(image: np.ndarray, threshold: float, progress: gr.Progress = gr.Progress()) -> tuple[np.ndarray, dict]:  # noqa: B008
    if image is None:
        raise gr.Error("Choose a picture first.")
    found, share = edges(image, threshold, lambda bands: progress.tqdm(bands, desc="Bands"))
    return found, {"edge": share, "even": 1 - share}


demo = gr.Interface(
    find,
    inputs=[gr.Image(label="Picture"), gr.Slider(0, 1, value=0.2, label="Threshold")],
    outputs=[gr.Image(label="Edges"), gr.Label(label="Pixels")],
    api_name="find",
    flagging_mode="never",
)

if __name__ == "__main__":
    demo.launch()
