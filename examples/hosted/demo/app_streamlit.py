"""The demo as a Streamlit interface: streamlit run demo/app_streamlit.py"""

from pathlib import Path

import numpy as np
import streamlit as st
from edges import edges
from PIL import Image

st.title("Edges")
file = st.file_uploader("Picture", ["png", "jpg"]) or Path(__file__).with_name("rings.png")
threshold = st.slider("Threshold", 0.0, 1.0, 0.2)
found, share = edges(np.asarray(Image.open(file).convert("RGB")), threshold)
st.image(found, caption=f"{share:.1%} of the pixels are edges")
